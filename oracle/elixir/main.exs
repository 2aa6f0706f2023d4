# Reads batches of programs from standard input and writes their traces to standard output, each as
# a packet with a length of four bytes in front. Started by oracle/beam.ts.
for file <- ~w(trace places noise patch tree worker driver) do
  Code.require_file("#{file}.ex", __DIR__)
end

# Code that is loaded at its first use is loaded by a process of normal priority.
for application <- [:kernel, :stdlib, :elixir, :logger] do
  {:ok, modules} = :application.get_key(application, :modules)
  :code.ensure_modules_loaded(modules)
end

if System.argv() == ["patched"], do: Oracle.Patch.load()

Logger.configure(level: :none)
:logger.set_primary_config(:level, :none)
Process.flag(:trap_exit, true)
Process.register(self(), :oracle_driver)
:ets.new(:oracle_kinds, [:named_table, :public, :set])
Oracle.Noise.set([{0, 0, []}])
Oracle.Places.open()

port = Port.open({:fd, 0, 1}, [:binary, :eof, packet: 4])

Port.command(
  port,
  "elixir #{System.version()} otp #{System.otp_release()} erts #{:erlang.system_info(:version)}"
)

serve = fn serve ->
  receive do
    {^port, {:data, batch}} ->
      traces = batch |> :erlang.binary_to_term() |> Enum.map(&Oracle.Driver.run/1)
      Port.command(port, Enum.intersperse(traces, ?\f))
      serve.(serve)

    {^port, :eof} ->
      System.halt(0)
  end
end

serve.(serve)
