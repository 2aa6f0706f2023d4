defmodule Oracle.Tree do
  @moduledoc """
  Supervision trees of programs, on OTP's own `:supervisor` and Elixir's `DynamicSupervisor`.
  """
  @behaviour :supervisor
  alias Oracle.{Noise, Places, Worker}

  @doc "Starts a static or dynamic supervisor under the calling process."
  def start_link(node) when elem(node, 0) == :supervisor do
    # As supervisor:start_link/2 does it, which takes no spawn options.
    :gen_server.start_link(:supervisor, {:self, __MODULE__, node},
      spawn_opt: [priority: Noise.first_priority()]
    )
  end

  def start_link(node) when elem(node, 0) == :dynamic do
    DynamicSupervisor.start_link(Oracle.Dynamic, node,
      spawn_opt: [priority: Noise.first_priority()]
    )
  end

  @impl true
  def init(
        {:supervisor, id, _, _, _, strategy, max_restarts, max_seconds, auto_shutdown, children}
      ) do
    announce(id, :static)

    flags = %{
      strategy: strategy,
      intensity: max_restarts,
      period: max_seconds,
      auto_shutdown: auto_shutdown
    }

    {:ok, {flags, Enum.map(children, &child_spec/1)}}
  end

  @doc "Tells which supervisor the calling process is."
  def announce(id, kind) do
    Noise.settle_in(id)
    Places.settle(id)
    # Here and not by the driver: others may want to know before the step is over.
    :ets.insert(:oracle_kinds, {self(), kind})
    Oracle.Trace.tell({:supervisor, id})
  end

  @doc "A child specification."
  def child_spec(node) do
    {module, type} =
      if elem(node, 0) == :worker, do: {Worker, :worker}, else: {__MODULE__, :supervisor}

    %{
      id: elem(node, 1),
      start: {module, :start_link, [node]},
      restart: elem(node, 2),
      shutdown: elem(node, 3),
      significant: elem(node, 4),
      type: type
    }
  end

  @doc "Starts a child of a running supervisor, by the kind of which its init told."
  def start_child(_id, pid, child) do
    spec = child_spec(child)

    attempt(fn ->
      case kind(pid) do
        :dynamic -> DynamicSupervisor.start_child(pid, Map.delete(spec, :significant))
        :static -> :supervisor.start_child(pid, spec)
      end
    end)
  end

  def terminate_child(pid, child) do
    attempt(fn ->
      case kind(pid) do
        :dynamic -> terminate_latest(pid, Places.find(child))
        :static -> :supervisor.terminate_child(pid, child)
      end
    end)
  end

  defp terminate_latest(pid, nil) do
    if Process.alive?(pid), do: {:error, :not_found}, else: {:exit, :noproc}
  end

  defp terminate_latest(pid, child), do: DynamicSupervisor.terminate_child(pid, child)

  @doc "Of which kind the supervisor is, dead or alive."
  def kind(pid), do: :ets.lookup_element(:oracle_kinds, pid, 2)

  @doc """
  Whether it is a supervisor that has ended. Between two steps one may come and go unseen, so its
  end and its never having been there must look the same.
  """
  def over?(pid), do: :ets.member(:oracle_kinds, pid) and not Process.alive?(pid)

  @doc "Does something to the latest process of a place; one that never lived counts as dead."
  def on(to, work) do
    case Places.find(to) do
      nil -> {:exit, :noproc}
      pid -> work.(pid)
    end
  end

  @doc "Does something that may exit; what the exit says without the request."
  def attempt(work) do
    work.()
  catch
    :exit, {reason, {GenServer, _, _}} -> {:exit, reason}
    :exit, {reason, {:gen_server, _, _}} -> {:exit, reason}
  end

  @doc "The reason behind a word of a program."
  def reason(:bye), do: {:shutdown, :bye}
  def reason(word), do: word
end

defmodule Oracle.Dynamic do
  @moduledoc false
  use DynamicSupervisor

  @impl true
  def init({:dynamic, id, _, _, _, max_restarts, max_seconds, max_children}) do
    Oracle.Tree.announce(id, :dynamic)

    DynamicSupervisor.init(
      strategy: :one_for_one,
      max_restarts: max_restarts,
      max_seconds: max_seconds,
      max_children: max_children
    )
  end
end
