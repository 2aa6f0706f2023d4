defmodule Bench.Growth do
  @moduledoc """
  Starting many workers, and what they weigh.
  """
  alias Bench.{Clock, Fleet}

  @warm_up 1_000

  @doc "Workers started one after the other."
  def start(size, _count) do
    supervisor = prepare()
    {elapsed, :ok} = Clock.time(fn -> Fleet.start(supervisor, 0, size - 1) end)
    figures = [operationsPerSecond: Clock.per_second(elapsed, size)]
    {size, Fleet.count_found(0, size - 1), figures}
  end

  @doc "Bytes of an idle worker: as it is after a collection, and as it is when it hibernates."
  def memory(size, _count) do
    supervisor = prepare()
    before = memory_after_collection()
    Fleet.start(supervisor, 0, size - 1)
    awake = memory_after_collection()
    Enum.each(0..(size - 1), &GenServer.cast(Fleet.via(&1), :hibernate))
    Enum.each(0..(size - 1), &await_hibernation(Fleet.whereis(&1)))
    hibernating = memory_after_collection()

    figures = [
      bytesPerWorker: (awake - before) / size,
      bytesPerHibernatingWorker: (hibernating - before) / size
    ]

    {size, Fleet.count_answers(0, size - 1), figures}
  end

  @doc "Workers by the million: started, weighed, called."
  def million(size, _count) do
    supervisor = prepare()
    before = resident_bytes()
    {started, :ok} = Clock.time(fn -> Fleet.start(supervisor, 0, size - 1) end)
    resident = resident_bytes()
    {called, answers} = Clock.time(fn -> Fleet.count_answers(0, size - 1) end)

    figures = [
      startSeconds: started / 1.0e9,
      callSeconds: called / 1.0e9,
      rssBytes: resident,
      rssBytesBefore: before
    ]

    {size, answers, figures}
  end

  # Workers of other keys, under a supervisor of their own, stay: nothing of them is measured.
  defp prepare do
    Fleet.open()
    Fleet.start(Fleet.supervisor(), -@warm_up, -1)
    Fleet.supervisor()
  end

  defp memory_after_collection do
    Enum.each(Process.list(), &collect/1)
    :erlang.memory(:total)
  end

  # A collection wakes a process that hibernates, for good.
  defp collect(pid) do
    unless hibernating?(pid), do: :erlang.garbage_collect(pid)
  end

  defp await_hibernation(pid) do
    unless hibernating?(pid) do
      :erlang.yield()
      await_hibernation(pid)
    end
  end

  defp hibernating?(pid) do
    Process.info(pid, :current_function) == {:current_function, {:erlang, :hibernate, 3}}
  end

  defp resident_bytes do
    [_, kilobytes] = Regex.run(~r/VmRSS:\s+(\d+) kB/, File.read!("/proc/self/status"))
    String.to_integer(kilobytes) * 1024
  end
end
