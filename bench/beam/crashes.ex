defmodule Bench.Crashes do
  @moduledoc """
  Processes that are killed: how soon their names lead to new ones, and who hears of it.
  """
  alias Bench.{Calls, Clock, Fleet}

  @warm_up 100

  @doc "Kills one of the `size` workers of one supervisor after the other: how soon each is back."
  def restart(size, count), do: restart_under(1, size, count)

  @doc """
  The same under 64 supervisors.

  A supervisor goes through all restarts of its last second or two at each restart, and most of the
  time under one supervisor is that. No fleet in use restarts so much; this is the BEAM's best.
  """
  def restart_64(size, count), do: restart_under(64, size, count)

  @doc "Kills `size` workers of one supervisor at once: how many restarts there are in a second."
  def many(size, _count), do: crash(size, 1)

  @doc "The same under 64 supervisors."
  def many_64(size, _count), do: crash(size, 64)

  @doc """
  Kills monitored processes and hears of each end.

  They are bare processes, which are cheaper than servers, and monitored before the time starts.
  """
  def kill_down(_size, count) do
    kill_and_hear(spawn_monitored(min(count, 10_000)))
    processes = spawn_monitored(count)
    {elapsed, completed} = Clock.time(fn -> kill_and_hear(processes) end)
    {count, completed, operationsPerSecond: Clock.per_second(elapsed, count)}
  end

  defp restart_under(supervisor_count, size, count) do
    Fleet.open()
    Fleet.spread(Fleet.supervisors(supervisor_count), 0, size - 1)
    restarts(size, 1, min(count, @warm_up), [])
    times = restarts(size, 7_919, count, [])

    figures = [
      p50Us: Clock.percentile(times, 0.5) / 1_000,
      p99Us: Clock.percentile(times, 0.99) / 1_000
    ]

    {count, length(times), figures}
  end

  defp restarts(_size, _random, 0, times), do: times

  defp restarts(size, random, left, times) do
    random = Calls.random_after(random)
    key = rem(random, size)
    old = Fleet.whereis(key)
    started = Clock.now()
    Process.exit(old, :kill)
    back = await_return(key, old)
    restarts(size, random, left - 1, [back - started | times])
  end

  # Without the yield one scheduler runs this process to the end of its slice (170 us instead of
  # 30), and two schedulers gain nothing from its absence.
  defp await_return(key, old) do
    case Registry.lookup(Fleet.Names, key) do
      [{new, _}] when new != old ->
        Clock.now()

      _ ->
        :erlang.yield()
        await_return(key, old)
    end
  end

  defp crash(size, supervisor_count) do
    Fleet.open()
    Fleet.spread(Fleet.supervisors(supervisor_count), -@warm_up, -1)
    kill_and_await(Fleet.workers(-@warm_up, -1))
    Fleet.spread(Fleet.supervisors(supervisor_count), 0, size - 1)
    workers = Fleet.workers(0, size - 1)
    {elapsed, completed} = Clock.time(fn -> kill_and_await(workers) end)
    {size, completed, operationsPerSecond: Clock.per_second(elapsed, size)}
  end

  defp kill_and_await(workers) do
    Enum.each(workers, fn {_key, old} -> Process.exit(old, :kill) end)
    await_all(workers, 0)
  end

  defp await_all([], restarts), do: restarts

  # Sleeping leaves the scheduler to the supervisors; to yield instead halves their rate.
  defp await_all([{key, old} | rest] = workers, restarts) do
    case Fleet.whereis(key) do
      new when is_pid(new) and new != old ->
        await_all(rest, restarts + 1)

      _ ->
        Process.sleep(1)
        await_all(workers, restarts)
    end
  end

  defp spawn_monitored(count) do
    for _ <- 1..count do
      {pid, _} = spawn_monitor(fn -> Process.sleep(:infinity) end)
      pid
    end
  end

  defp kill_and_hear(processes) do
    Enum.each(processes, &Process.exit(&1, :kill))
    hear(length(processes), 0)
  end

  defp hear(0, heard), do: heard

  defp hear(left, heard) do
    receive do
      {:DOWN, _, :process, _, :killed} -> hear(left - 1, heard + 1)
    end
  end
end
