defmodule Bench.Arm do
  @moduledoc """
  The end of the arm that faces the runner: arguments in, one line of JSON out.

  Exit codes: 0 with the line, 1 when the workload failed, 2 when the arguments are refused.
  """
  alias Bench.Workloads

  @doc "Runs what the arguments say and ends the BEAM, without waiting for its processes."
  def main(arguments) do
    {workload, size, count} = understand(arguments)
    # Nobody reads the reports of the supervisors, and printing them would be what is measured.
    :logger.set_primary_config(:level, :none)
    {intended, completed, figures} = workload.(size, count)
    IO.puts(json(intended, completed, figures))
    System.halt(0)
  end

  defp understand([name, size, count]) do
    {workload(name), positive("size", size), positive("count", count)}
  end

  defp understand(_arguments), do: refuse("usage: main.exs <workload> <size> <count>")

  defp workload(name) do
    known = Workloads.all()

    case known do
      %{^name => workload} -> workload
      _ -> refuse("no workload #{inspect(name)}; there are #{Enum.join(Map.keys(known), ", ")}")
    end
  end

  defp positive(what, text) do
    case Integer.parse(text) do
      {number, ""} when number > 0 -> number
      _ -> refuse("#{what} is #{inspect(text)}; give a whole number from 1 up")
    end
  end

  defp refuse(why) do
    IO.puts(:stderr, why)
    System.halt(2)
  end

  defp json(intended, completed, figures) do
    members = Enum.map_join(figures, ",", fn {name, value} -> ~s("#{name}":#{number(value)}) end)
    ~s({"intended":#{intended},"completed":#{completed},"figures":{#{members}}})
  end

  defp number(value) when is_integer(value), do: Integer.to_string(value)
  defp number(value), do: :erlang.float_to_binary(value, decimals: 6)
end
