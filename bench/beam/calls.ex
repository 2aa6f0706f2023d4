defmodule Bench.Calls do
  @moduledoc """
  Messages to workers by their names.
  """
  alias Bench.{Clock, Fleet}

  @callers 64
  @warm_up 100_000

  @doc "One caller, one worker, one call after the other."
  def one(_size, count) do
    fleet_of(1)
    ask(Fleet.via(0), 0, warm_up(count), 0)
    {elapsed, completed} = Clock.time(fn -> ask(Fleet.via(0), 0, count, 0) end)
    {count, completed, nsPerOperation: Clock.per_operation(elapsed, count)}
  end

  @doc "64 callers, each with a worker of its own."
  def pairs(_size, count) do
    fleet_of(@callers)
    caller = fn number, calls -> ask(Fleet.via(number), number, calls, 0) end
    concurrently(warm_up(count), caller)
    {elapsed, completed} = concurrently(count, caller)
    {count, completed, operationsPerSecond: Clock.per_second(elapsed, count)}
  end

  @doc "64 callers, each of whose calls goes to any of `size` workers."
  def random(size, count) do
    fleet_of(size)
    caller = fn number, calls -> ask_any(size, number * 7919 + 1, calls, 0) end
    concurrently(warm_up(count), caller)
    {elapsed, completed} = concurrently(count, caller)
    {count, completed, operationsPerSecond: Clock.per_second(elapsed, count)}
  end

  @doc "Casts to one worker, and a call that comes after them."
  def cast(_size, count) do
    fleet_of(1)
    via = Fleet.via(0)
    before = tell(via, warm_up(count))
    {elapsed, casts} = Clock.time(fn -> tell(via, count) end)
    {count, casts - before, operationsPerSecond: Clock.per_second(elapsed, count)}
  end

  @doc "The next number of a linear congruential generator."
  def random_after(number), do: rem(number * 1_103_515_245 + 12_345, 2_147_483_648)

  defp fleet_of(size) do
    Fleet.open()
    Fleet.start(Fleet.supervisor(), 0, size - 1)
  end

  # Long enough for caches and allocators, and never longer than what is measured.
  defp warm_up(count), do: min(count, @warm_up)

  defp ask(_via, _key, 0, answers), do: answers

  defp ask(via, key, left, answers) do
    case GenServer.call(via, :key) do
      ^key -> ask(via, key, left - 1, answers + 1)
      _ -> ask(via, key, left - 1, answers)
    end
  end

  defp ask_any(_size, _random, 0, answers), do: answers

  defp ask_any(size, random, left, answers) do
    random = random_after(random)
    key = rem(random, size)

    case GenServer.call(Fleet.via(key), :key) do
      ^key -> ask_any(size, random, left - 1, answers + 1)
      _ -> ask_any(size, random, left - 1, answers)
    end
  end

  defp tell(via, 0), do: GenServer.call(via, :casts, :infinity)

  defp tell(via, left) do
    GenServer.cast(via, :count)
    tell(via, left - 1)
  end

  # Shares the calls among the callers, lets them go at once, and sums up what they completed.
  defp concurrently(calls, caller) do
    me = self()

    callers =
      for number <- 0..(@callers - 1) do
        extra = if number < rem(calls, @callers), do: 1, else: 0
        share = div(calls, @callers) + extra
        spawn_link(fn -> wait_and_call(me, fn -> caller.(number, share) end) end)
      end

    Clock.time(fn ->
      Enum.each(callers, &send(&1, :go))
      Enum.reduce(callers, 0, fn pid, sum -> sum + completed_by(pid) end)
    end)
  end

  defp wait_and_call(me, caller) do
    receive do
      :go -> send(me, {:completed, self(), caller.()})
    end
  end

  defp completed_by(pid) do
    receive do
      {:completed, ^pid, completed} -> completed
    end
  end
end
