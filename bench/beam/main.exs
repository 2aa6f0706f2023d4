# The BEAM's arm of the benchmark. Runs one workload and prints one line of JSON:
#
#   elixir --erl "+S 1:1 +P 4000000" bench/beam/main.exs <workload> <size> <count>
#
# Everything that is measured is in compiled modules: code at the top of a script is interpreted.
files = ~w(arm calls clock crashes fleet growth hashing names stops worker workloads)
{:ok, _, _} = Kernel.ParallelCompiler.require(for file <- files, do: "#{__DIR__}/#{file}.ex")

Bench.Arm.main(System.argv())
