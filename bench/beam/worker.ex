defmodule Bench.Worker do
  @moduledoc """
  The server of all workloads: it knows its key and counts its casts.
  """
  use GenServer, restart: :permanent
  alias Bench.Fleet

  def start_link(key), do: GenServer.start_link(__MODULE__, key, name: Fleet.via(key))

  @impl true
  def init(key), do: {:ok, %{key: key, casts: 0}}

  @impl true
  def handle_call(:key, _from, state), do: {:reply, state.key, state}
  def handle_call(:casts, _from, state), do: {:reply, state.casts, state}

  @impl true
  def handle_cast(:count, state), do: {:noreply, %{state | casts: state.casts + 1}}
  def handle_cast(:hibernate, state), do: {:noreply, state, :hibernate}
end
