defmodule Bench.Fleet do
  @moduledoc """
  Named, supervised workers as they are written in Elixir: a Registry of unique keys, a
  DynamicSupervisor, and `:via` tuples.

  Keys are integers, the cheapest the BEAM has; only the look-up workload builds strings.
  """
  alias Bench.{Fleet, Worker}

  @doc """
  Starts the registry, with one partition.

  A partition per scheduler was measured too: it hashes the key once more per look-up, which takes
  twice as long (2.0 instead of 1.0 us at 100,000 names, two schedulers), and starts gain nothing.
  """
  def open do
    {:ok, _} = Registry.start_link(keys: :unique, name: Fleet.Names, partitions: 1)
    :ok
  end

  @doc "Starts a supervisor whose restart intensity is no obstacle, with the shortest window."
  def supervisor do
    options = [strategy: :one_for_one, max_restarts: 1_000_000_000, max_seconds: 1]
    {:ok, supervisor} = DynamicSupervisor.start_link(options)
    supervisor
  end

  @doc "Starts `count` such supervisors."
  def supervisors(count), do: for(_ <- 1..count, do: supervisor())

  @doc "The address of the worker of a key."
  def via(key), do: {:via, Registry, {Fleet.Names, key}}

  @doc "The process of a key, or `:undefined`."
  def whereis(key), do: Registry.whereis_name({Fleet.Names, key})

  @doc "Starts the workers of the keys `first..last`, one after the other."
  def start(_supervisor, first, last) when first > last, do: :ok

  def start(supervisor, first, last) do
    {:ok, _} = DynamicSupervisor.start_child(supervisor, {Worker, first})
    start(supervisor, first + 1, last)
  end

  @doc "Starts the workers of the keys `first..last`, shared out among the supervisors in turn."
  def spread(supervisors, first, last) do
    keys_and_supervisors = Enum.zip(first..last, Stream.cycle(supervisors))
    Enum.each(keys_and_supervisors, fn {key, supervisor} -> start(supervisor, key, key) end)
  end

  @doc "The keys `first..last`, each with its process."
  def workers(first, last), do: for(key <- first..last, do: {key, whereis(key)})

  @doc "How many of the keys `first..last` lead to a live process."
  def count_found(first, last), do: count_found(first, last, 0)

  defp count_found(key, last, found) when key > last, do: found

  defp count_found(key, last, found) do
    found = if is_pid(whereis(key)), do: found + 1, else: found
    count_found(key + 1, last, found)
  end

  @doc "Calls the workers of the keys `first..last` in turn: how many answered with their key."
  def count_answers(first, last), do: count_answers(first, last, 0)

  defp count_answers(key, last, answers) when key > last, do: answers

  defp count_answers(key, last, answers) do
    case GenServer.call(via(key), :key) do
      ^key -> count_answers(key + 1, last, answers + 1)
      _ -> count_answers(key + 1, last, answers)
    end
  end
end
