defmodule Bench.Clock do
  @moduledoc """
  Monotonic time, and figures out of it.
  """

  @doc "Runs `work` and gives the nanoseconds it took, and its result."
  def time(work) do
    started = now()
    result = work.()
    {now() - started, result}
  end

  @doc "Monotonic nanoseconds."
  def now, do: :erlang.monotonic_time(:nanosecond)

  @doc "Nanoseconds per operation."
  def per_operation(nanoseconds, operations), do: nanoseconds / operations

  @doc "Operations per second."
  def per_second(nanoseconds, operations), do: operations * 1.0e9 / nanoseconds

  @doc "The value below which the given share of the values lies, by nearest rank."
  def percentile(values, share) do
    sorted = Enum.sort(values)
    Enum.at(sorted, max(ceil(length(sorted) * share) - 1, 0))
  end
end
