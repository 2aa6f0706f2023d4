defmodule Oracle.Places do
  @moduledoc """
  Who lives where: the latest process of each place of the present program, and names.

  Names of all programs live in one registry; the number of the program keeps them apart.
  """
  @registry Oracle.Registry

  def open do
    :ets.new(:oracle_book, [:named_table, :public, :set])
    :ets.new(:oracle_lives, [:named_table, :public, :set])
    {:ok, registry} = Registry.start_link(keys: :unique, name: @registry)
    # The partition's process must be done when the driver runs again.
    for {_, pid, _, _} <- Supervisor.which_children(registry) do
      :sys.replace_state(pid, fn state ->
        Process.flag(:priority, :high)
        state
      end)
    end

    :ok
  end

  @doc "Forgets the program before."
  def clear do
    :ets.delete_all_objects(:oracle_book)
    :ets.delete_all_objects(:oracle_lives)
  end

  @doc "The calling process is the latest life of a place; its number."
  def enter(id) do
    :ets.insert(:oracle_book, {id, self()})
    :ets.update_counter(:oracle_lives, id, 1, {id, 0})
  end

  @doc "As `enter`, for a supervisor, whose lives are not counted."
  def settle(id), do: :ets.insert(:oracle_book, {id, self()})

  @doc "The pid behind a target, dead or alive; for a name its holder."
  def find(name) when name < 0 do
    case whereis(-1 - name) do
      :nobody -> nil
      pid -> pid
    end
  end

  def find(id) do
    case :ets.lookup(:oracle_book, id) do
      [{_, pid}] -> pid
      [] -> nil
    end
  end

  @doc "What to send to: the pid of a place, or the name itself."
  def address(name) when name < 0, do: via(-1 - name)
  def address(id), do: find(id)

  def via(name), do: {:via, Registry, {@registry, name}}

  def register(name) do
    case Registry.register(@registry, name, nil) do
      {:ok, _} -> :ok
      {:error, {:already_registered, _}} -> :already_registered
    end
  end

  def unregister(name), do: Registry.unregister(@registry, name)

  def whereis(name) do
    case Registry.whereis_name({@registry, name}) do
      :undefined -> :nobody
      pid -> pid
    end
  end

  def send_info(pid, message) when is_pid(pid), do: send(pid, message)

  def send_info({:via, Registry, name}, message) do
    case Registry.whereis_name(name) do
      :undefined -> message
      pid -> send(pid, message)
    end
  end
end
