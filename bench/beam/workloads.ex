defmodule Bench.Workloads do
  @moduledoc """
  What can be measured here, by name.
  """
  alias Bench.{Calls, Crashes, Growth, Hashing, Names, Stops}

  @doc """
  The workloads. Each takes a size and a count and gives what it was to complete, what it
  completed, and the figures.
  """
  def all do
    %{
      "call-one" => &Calls.one/2,
      "call-pairs" => &Calls.pairs/2,
      "call-random" => &Calls.random/2,
      "cast-one" => &Calls.cast/2,
      "start" => &Growth.start/2,
      "memory" => &Growth.memory/2,
      "million" => &Growth.million/2,
      "lookup" => &Names.lookup/2,
      "restart" => &Crashes.restart/2,
      "restart-64" => &Crashes.restart_64/2,
      "crash-many" => &Crashes.many/2,
      "crash-many-64" => &Crashes.many_64/2,
      "kill-down" => &Crashes.kill_down/2,
      "stop-fleet" => &Stops.fleet/2,
      "stop-fleet-64" => &Stops.fleet_64/2,
      "rendezvous" => &Hashing.rendezvous/2
    }
  end
end
