defmodule Bench.Stops do
  @moduledoc """
  Supervisors that stop and take their workers with them.

  The time ends when the last supervisor has stopped. The registry may still be forgetting names.
  """
  alias Bench.{Clock, Fleet}

  @warm_up 1_000

  @doc "Stops one supervisor of `size` workers."
  def fleet(size, _count), do: stop(size, 1)

  @doc "Stops 64 supervisors of `size` workers in all, one after the other."
  def fleet_64(size, _count), do: stop(size, 64)

  defp stop(size, supervisor_count) do
    # The supervisors are linked to the process that stops them.
    Process.flag(:trap_exit, true)
    Fleet.open()
    stop_all(fleet_of(-@warm_up, -1, supervisor_count))
    supervisors = fleet_of(0, size - 1, supervisor_count)
    workers = Fleet.workers(0, size - 1)
    {elapsed, :ok} = Clock.time(fn -> stop_all(supervisors) end)
    completed = Enum.count(workers, fn {_key, pid} -> not Process.alive?(pid) end)
    {size, completed, operationsPerSecond: Clock.per_second(elapsed, size)}
  end

  defp fleet_of(first, last, supervisor_count) do
    supervisors = Fleet.supervisors(supervisor_count)
    Fleet.spread(supervisors, first, last)
    supervisors
  end

  defp stop_all(supervisors) do
    Enum.each(supervisors, &DynamicSupervisor.stop(&1, :shutdown, :infinity))
  end
end
