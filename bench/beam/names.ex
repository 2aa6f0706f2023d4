defmodule Bench.Names do
  @moduledoc """
  The way from a name to a process.

  The names belong to a thousand processes at most: with a process per name the BEAM would miss its
  caches more often, because a look-up asks the process whether it lives.
  """
  alias Bench.{Calls, Clock, Fleet}

  @holders 1_000

  @doc "Looks up random names of `size`, each built for its look-up."
  def lookup(size, count) do
    Fleet.open()
    hold(size)
    find(size, 1, min(count, 100_000), 0)
    {elapsed, completed} = Clock.time(fn -> find(size, 7_919, count, 0) end)
    {count, completed, nsPerOperation: Clock.per_operation(elapsed, count)}
  end

  defp find(_size, _random, 0, found), do: found

  defp find(size, random, left, found) do
    random = Calls.random_after(random)

    case Fleet.whereis(key(rem(random, size))) do
      :undefined -> find(size, random, left - 1, found)
      _pid -> find(size, random, left - 1, found + 1)
    end
  end

  defp key(number), do: "user-" <> Integer.to_string(number)

  defp hold(size) do
    me = self()
    share = div(size + @holders - 1, @holders)

    for first <- 0..(size - 1)//share do
      numbers = first..min(first + share - 1, size - 1)
      holder = spawn_link(fn -> register_and_stay(me, numbers) end)

      receive do
        {:registered, ^holder} -> :ok
      end
    end
  end

  defp register_and_stay(me, numbers) do
    for number <- numbers, do: {:ok, _} = Registry.register(Fleet.Names, key(number), nil)
    send(me, {:registered, self()})
    Process.sleep(:infinity)
  end
end
