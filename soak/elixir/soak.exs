# The soak of soak/fleet, on Elixir: Registry, DynamicSupervisor, GenServer, ETS.
#
# Usage: elixir --erl "+sbwt none" soak.exs WORKLOAD.json LEVEL LOAD SEED
# where LOAD is a JSON object that takes the place of parts of the level's load.
# It prints one JSON object. `npm run soak -- --compare-elixir` calls it.

defmodule Soak.Histogram do
  @moduledoc "Durations in nanoseconds, in buckets of 3 % at most."
  import Bitwise

  def new, do: :counters.new(2048, [:write_concurrency])

  def record(histogram, nanoseconds) do
    :counters.add(histogram, index(max(0, nanoseconds)) + 1, 1)
  end

  def summary(histogram) do
    counts = for index <- 0..2047, do: {index, :counters.get(histogram, index + 1)}
    used = Enum.filter(counts, fn {_, count} -> count > 0 end)
    total = used |> Enum.map(&elem(&1, 1)) |> Enum.sum()

    %{
      "count" => total,
      "p50" => percentile(used, total * 0.5),
      "p99" => percentile(used, total * 0.99),
      "p999" => percentile(used, total * 0.999),
      "max" => percentile(used, total)
    }
  end

  defp percentile([], _), do: 0.0
  defp percentile([{index, _}], _), do: ms(index)
  defp percentile([{index, count} | _], left) when count >= left, do: ms(index)
  defp percentile([{_, count} | rest], left), do: percentile(rest, left - count)

  defp index(value) when value < 64, do: value

  defp index(value) do
    shift = trunc(:math.log2(value)) - 5
    shift * 32 + (value >>> shift)
  end

  defp ms(index) when index < 64, do: index / 1.0e6

  defp ms(index) do
    shift = div(index, 32) - 1
    ((index - shift * 32) <<< shift) / 1.0e6
  end
end

defmodule Soak.Worker do
  @moduledoc "A counter whose operations are in a table before they are acknowledged."
  use GenServer, restart: :transient

  def via(key), do: {:via, Registry, {Soak.Names, key}}

  def start_link(key), do: GenServer.start_link(__MODULE__, key, name: via(key))

  @impl true
  def init(key) do
    if :ets.take(:soak_armed, key) != [], do: raise("the init is made to fail")
    now = System.monotonic_time(:nanosecond)

    {life, operations} =
      case :ets.lookup(:soak_rows, key) do
        [{_, life, operations}] -> {life + 1, operations}
        [] -> {1, 0}
      end

    :ets.insert(:soak_rows, {key, life, operations})
    :ets.insert(:soak_begun, {key, now})

    for {_, struck_at} <- :ets.take(:soak_timed, key) do
      Soak.Histogram.record(:persistent_term.get(:soak_restarts), now - struck_at)
    end

    {:ok, %{key: key, life: life, index: 0, operations: operations, lingers: false}}
  end

  @impl true
  def handle_call(:add, _from, state) do
    state = count(state)
    {:reply, {state.key, state.life, self(), state.index, state.operations}, state}
  end

  @impl true
  def handle_cast(:add, state), do: {:noreply, count(state)}
  def handle_cast(:throw, _state), do: raise("throws in a handler")
  def handle_cast(:stop, state), do: {:stop, :normal, state}

  def handle_cast(:escape, state) do
    spawn_link(fn -> exit(:escaped) end)
    {:noreply, state}
  end

  def handle_cast(:slow_end, state), do: {:stop, :slow_end, %{state | lingers: true}}

  def handle_cast({:stall, ms}, state) do
    stall_until(System.monotonic_time(:millisecond) + ms)
    {:noreply, state}
  end

  @impl true
  def terminate(_reason, %{lingers: true}), do: Process.sleep(:persistent_term.get(:soak_linger))
  def terminate(_reason, _state), do: :ok

  defp stall_until(end_ms) do
    if System.monotonic_time(:millisecond) < end_ms, do: stall_until(end_ms)
  end

  defp count(state) do
    operations = state.operations + 1
    :ets.insert(:soak_rows, {state.key, state.life, operations})
    %{state | index: state.index + 1, operations: operations}
  end
end

defmodule Soak.Fleets do
  @moduledoc "The supervisors of the workers."

  def name(key, fleets), do: :"soak_fleet_#{rem(key, fleets)}"

  def start(load) do
    fleets =
      for index <- 0..(load["fleets"] - 1) do
        options = [name: name(index, load["fleets"]), max_restarts: 1_000_000_000, max_seconds: 1]
        Supervisor.child_spec({DynamicSupervisor, options}, id: index)
      end

    names = {Registry, keys: :unique, name: Soak.Names, partitions: System.schedulers_online()}

    {:ok, _} =
      Supervisor.start_link([names | fleets], strategy: :one_for_one, max_restarts: 1_000_000)

    for key <- 0..(load["workers"] - 1), do: {:ok, _} = start_worker(key, load)
  end

  def start_worker(key, load) do
    DynamicSupervisor.start_child(name(key, load["fleets"]), {Soak.Worker, key})
  end

  # Whoever runs under the key, started if it had been stopped.
  def ensure(key, load) do
    case start_worker(key, load) do
      {:ok, pid} -> pid
      {:error, {:already_started, pid}} -> pid
      {:error, _} -> nil
    end
  catch
    :exit, _ -> nil
  end
end

defmodule Soak.Lane do
  @moduledoc """
  A client. Each key belongs to one, so that what it sends to a life arrives in order, and the
  number that a reply bears is known when the call leaves. Durations count from when a call was
  meant to leave.
  """
  import Bitwise
  alias Soak.Histogram

  defstruct [:lane, :lanes, :plan, :load, :upto, :size, :rate, :start, :end, :select_at] ++
              [
                done: 0,
                sent: %{},
                acked: %{},
                waiting: %{},
                starting: 0,
                tally: %{}
              ]

  def run(lane, lanes, plan, start_at) do
    load = plan.load
    size = max(1, div(load["workers"] - lane + lanes - 1, lanes))
    weights = for rank <- 0..(size - 1), do: :math.pow(rank * lanes + lane + 1, -plan.zipf)
    sum = Enum.sum(weights)
    {upto, _} = Enum.map_reduce(weights, 0.0, fn weight, all -> {all + weight / sum, all + weight / sum} end)
    :rand.seed(:exsss, {plan.seed, lane, 1})

    state = %__MODULE__{
      lane: lane,
      lanes: lanes,
      plan: plan,
      load: load,
      upto: List.to_tuple(upto),
      size: size,
      rate: plan.operations_per_second / lanes / 1.0e9,
      start: start_at,
      end: start_at + trunc(load["seconds"] * 1.0e9),
      select_at: if(lane == 0, do: every(load["selectEverySeconds"]), else: :never)
    }

    state |> act() |> settle(System.monotonic_time(:millisecond) + plan.timeout + 2000)
  end

  defp every(0), do: :never
  defp every(seconds), do: System.monotonic_time(:nanosecond) + trunc(seconds * 1.0e9)

  defp act(state) do
    now = System.monotonic_time(:nanosecond)

    if now >= state.end do
      state
    else
      due = min(trunc((now - state.start) * state.rate), state.done + 2000)
      state |> issue(due) |> select(now) |> drain(1) |> act()
    end
  end

  defp issue(%{done: done} = state, due) when done >= due, do: state

  defp issue(state, due) do
    intended = state.start + trunc(state.done / state.rate)
    key = key_of(state, :rand.uniform())
    state = %{state | done: state.done + 1}
    draw = :rand.uniform(state.plan.mix_sum) - 1

    state =
      case Enum.find(state.plan.mix, fn {upto, _} -> draw < upto end) do
        {_, "call"} -> state |> tally(:calls) |> call(key, intended)
        {_, "cast"} -> cast(state, key)
        {_, "lookup"} -> look_up(state, key)
        {_, "count"} -> count_names(state)
      end

    issue(state, due)
  end

  defp call(state, key, intended) do
    case GenServer.whereis(Soak.Worker.via(key)) do
      nil -> on_demand(state, key, intended)
      pid -> call_pid(state, key, pid, intended)
    end
  end

  defp on_demand(%{load: load} = state, key, intended) do
    if :ets.take(:soak_absent, key) == [] do
      tally(state, :failed)
    else
      lane = self()
      spawn(fn -> send(lane, {:started, key, intended, Soak.Fleets.ensure(key, load)}) end)
      %{state | starting: state.starting + 1}
    end
  end

  defp call_pid(state, key, pid, intended) do
    {state, index} = next_index(state, key, pid)
    ref = :erlang.monitor(:process, pid, alias: :reply_demonitor)
    send(pid, {:"$gen_call", {self(), [:alias | ref]}, :add})
    %{state | waiting: Map.put(state.waiting, ref, {key, pid, index, intended})}
  end

  defp next_index(state, key, pid) do
    index =
      case state.sent do
        %{^key => {^pid, index}} -> index + 1
        _ -> 1
      end

    {%{state | sent: Map.put(state.sent, key, {pid, index})}, index}
  end

  defp cast(state, key) do
    case GenServer.whereis(Soak.Worker.via(key)) do
      nil ->
        state

      pid ->
        {state, _} = next_index(state, key, pid)
        GenServer.cast(pid, :add)
        state
    end
  end

  defp look_up(state, key) do
    state = tally(state, :lookups)

    case Registry.lookup(Soak.Names, key) do
      [{pid, _}] -> if Process.alive?(pid), do: state, else: tally(state, :dead)
      [] -> if :ets.member(:soak_absent, key), do: state, else: tally(state, :misses)
    end
  end

  defp count_names(state) do
    _ = Registry.count(Soak.Names)
    state
  end

  defp select(%{select_at: at} = state, now) when at == :never or now < at, do: state

  defp select(state, _now) do
    _ = length(Registry.select(Soak.Names, [{{:"$1", :_, :_}, [], [:"$1"]}]))
    %{state | select_at: every(state.load["selectEverySeconds"])}
  end

  defp drain(state, timeout) do
    receive do
      message -> message |> handle(state) |> drain(0)
    after
      timeout -> state
    end
  end

  defp handle({[:alias | ref], reply}, state) do
    {{key, pid, index, intended}, waiting} = Map.pop!(state.waiting, ref)
    now = System.monotonic_time(:nanosecond)
    Histogram.record(state.plan.latencies, now - intended)
    acked = Map.get(state.acked, key, 0) + 1
    state = %{state | waiting: waiting, acked: Map.put(state.acked, key, acked)}
    state |> tally(:answered) |> judge(reply, {key, pid, index, acked})
  end

  defp handle({:DOWN, ref, :process, pid, _reason}, state) do
    {{key, _, _, _}, waiting} = Map.pop!(state.waiting, ref)
    %{state | waiting: waiting} |> tally(:failed) |> tally(:after_end) |> look_after(key, pid)
  end

  defp handle({:started, _key, _intended, nil}, state) do
    tally(%{state | starting: state.starting - 1}, :failed)
  end

  defp handle({:started, key, intended, pid}, state) do
    call_pid(%{state | starting: state.starting - 1}, key, pid, intended)
  end

  defp look_after(state, key, ended) do
    case Registry.lookup(Soak.Names, key) do
      [{^ended, _}] -> tally(state, :dead_after_end)
      _ -> state
    end
  end

  defp judge(state, {key, _life, pid, index, operations}, {key, pid, index, acked})
       when operations >= acked,
       do: state

  defp judge(state, _reply, _wanted), do: tally(state, :wrong)

  defp settle(state, end_ms) do
    waits = map_size(state.waiting) + state.starting

    cond do
      waits == 0 -> state.tally |> Map.put(:operations, state.done) |> Map.put(:timeouts, 0)
      System.monotonic_time(:millisecond) > end_ms -> Map.put(state.tally, :timeouts, waits)
      true -> state |> drain(5) |> settle(end_ms)
    end
  end

  defp key_of(state, drawn), do: search(state.upto, drawn, 0, state.size - 1) * state.lanes + state.lane

  defp search(_upto, _drawn, low, high) when low >= high, do: low

  defp search(upto, drawn, low, high) do
    middle = (low + high) >>> 1

    if elem(upto, middle) > drawn,
      do: search(upto, drawn, low, middle),
      else: search(upto, drawn, middle + 1, high)
  end

  defp tally(state, name), do: %{state | tally: Map.update(state.tally, name, 1, &(&1 + 1))}
end

defmodule Soak.Churn do
  @moduledoc "Ends workers at a fixed rate, and looks them up right after each end."
  alias Soak.Histogram

  def run(plan, start_at) do
    :rand.seed(:exsss, {plan.seed, 0, 2})
    load = plan.load

    act(%{
      plan: plan,
      load: load,
      start: start_at,
      end: start_at + trunc(load["seconds"] * 1.0e9),
      blows: 0,
      watched: %{},
      gaps: %{},
      loss_at: every(load["keeperLossEverySeconds"]),
      stall_at: every(load["stallEverySeconds"]),
      losses: 0,
      tally: %{after_end: 0, dead_after_end: 0, blows: 0}
    })
  end

  defp every(0), do: :never
  defp every(seconds), do: System.monotonic_time(:nanosecond) + trunc(seconds * 1.0e9)

  defp act(state) do
    now = System.monotonic_time(:nanosecond)

    if now >= state.end do
      Process.sleep(1000)
      drain(state, 0).tally
    else
      due = trunc((now - state.start) / 1.0e9 * state.load["endsPerSecond"])
      state |> strike_until(due) |> lose_keeper(now) |> stall(now) |> drain(1) |> act()
    end
  end

  defp strike_until(%{blows: blows} = state, due) when blows >= due, do: state

  defp strike_until(state, due) do
    %{state | blows: state.blows + 1} |> strike(8) |> strike_until(due)
  end

  defp strike(state, 0), do: state

  defp strike(state, tries) do
    key = :rand.uniform(state.load["workers"]) - 1
    pid = GenServer.whereis(Soak.Worker.via(key))

    if pid == nil or is_map_key(state.watched, pid) do
      strike(state, tries - 1)
    else
      draw = :rand.uniform(state.plan.churn_sum) - 1
      {_, kind} = Enum.find(state.plan.churn, fn {upto, _} -> draw < upto end)
      Process.monitor(pid)
      hit(kind, key, pid, state)
      state = %{state | watched: Map.put(state.watched, pid, {key, kind})}
      tally(state, :blows)
    end
  end

  defp hit("kill", key, pid, _state) do
    timed(key)
    Process.exit(pid, :kill)
  end

  defp hit("throw", key, pid, _state) do
    timed(key)
    GenServer.cast(pid, :throw)
  end

  defp hit("escape", key, pid, _state) do
    timed(key)
    GenServer.cast(pid, :escape)
  end

  defp hit("stop", key, pid, _state) do
    :ets.insert(:soak_absent, {key})
    GenServer.cast(pid, :stop)
  end

  defp hit("supervisorStop", key, pid, state) do
    :ets.insert(:soak_absent, {key})
    fleet = Soak.Fleets.name(key, state.load["fleets"])
    spawn(fn -> DynamicSupervisor.terminate_child(fleet, pid) end)
  end

  defp hit("initFailure", key, pid, _state) do
    :ets.insert(:soak_armed, {key})
    Process.exit(pid, :kill)
  end

  defp hit("slowEnd", _key, pid, _state), do: GenServer.cast(pid, :slow_end)

  defp timed(key), do: :ets.insert(:soak_timed, {key, System.monotonic_time(:nanosecond)})

  defp drain(state, timeout) do
    receive do
      {:DOWN, _, :process, pid, reason} -> state |> ended(pid, reason) |> drain(0)
      {:gap, key, ended_at} -> state |> gap(key, ended_at) |> drain(0)
    after
      timeout -> state
    end
  end

  defp ended(state, pid, reason) do
    now = System.monotonic_time(:nanosecond)
    {{key, kind}, watched} = Map.pop!(state.watched, pid)
    state = tally(%{state | watched: watched}, :after_end)
    shown = Registry.lookup(Soak.Names, key)
    returns = reason not in [:normal, :shutdown] and kind not in ["stop", "supervisorStop"]
    state = if returns, do: gap(state, key, now), else: state
    if match?([{^pid, _}], shown), do: tally(state, :dead_after_end), else: state
  end

  # From the end, as seen here, to the next life; nothing if that was there before.
  defp gap(state, key, ended_at) do
    case :ets.lookup(:soak_begun, key) do
      [{_, begun}] when begun > ended_at ->
        Histogram.record(state.plan.gaps, begun - ended_at)

      _ ->
        if GenServer.whereis(Soak.Worker.via(key)) == nil do
          Process.send_after(self(), {:gap, key, ended_at}, 1)
        else
          Histogram.record(state.plan.gaps, 0)
        end
    end

    state
  end

  # It comes back empty: whoever is wanted must be started by those who want it.
  defp lose_keeper(%{loss_at: at} = state, now) when at == :never or now < at, do: state

  defp lose_keeper(%{load: load} = state, _now) do
    index = rem(state.losses, load["fleets"])

    for key <- index..(load["workers"] - 1)//load["fleets"] do
      :ets.insert(:soak_absent, {key})
    end

    fleet = Process.whereis(Soak.Fleets.name(index, load["fleets"]))
    if fleet != nil, do: Process.exit(fleet, :kill)
    %{state | losses: state.losses + 1, loss_at: every(load["keeperLossEverySeconds"])}
  end

  defp stall(%{stall_at: at} = state, now) when at == :never or now < at, do: state

  defp stall(%{load: load} = state, _now) do
    key = :rand.uniform(load["workers"]) - 1
    GenServer.cast(Soak.Worker.via(key), {:stall, load["stallMs"]})
    %{state | stall_at: every(load["stallEverySeconds"])}
  end

  defp tally(state, name), do: %{state | tally: Map.update(state.tally, name, 1, &(&1 + 1))}
end

defmodule Soak do
  @moduledoc "The whole run."
  alias Soak.Histogram

  def main([file, level, load, seed]) do
    # Of crashes nobody is told: the other side does not write them out either.
    :logger.set_primary_config(:level, :none)
    workload = read(File.read!(file))
    plan = plan(workload, Map.merge(workload["levels"][level], read(load)), String.to_integer(seed))
    for name <- [:rows, :begun, :timed, :armed, :absent], do: table(name)
    :persistent_term.put(:soak_linger, workload["lingerMs"])
    :persistent_term.put(:soak_restarts, plan.restarts)
    memory = :erlang.memory(:total)
    started = System.monotonic_time(:microsecond)
    Soak.Fleets.start(plan.load)
    start_ms = (System.monotonic_time(:microsecond) - started) / 1000
    Enum.each(Process.list(), &:erlang.garbage_collect/1)
    bytes = (:erlang.memory(:total) - memory) / plan.load["workers"]
    {cpu_before, _} = :erlang.statistics(:runtime)
    {tally, churn} = act(plan)
    {cpu, _} = :erlang.statistics(:runtime)
    print(plan, %{start_ms: start_ms, bytes: bytes, cpu: cpu - cpu_before}, Map.new(tally), churn)
  end

  # JSON, but for two signs, is how Elixir writes maps; the texts of the workload have neither.
  defp read(json) do
    source = json |> String.replace("{", "%{") |> String.replace("\":", "\" =>")
    {value, _} = Code.eval_string(source)
    value
  end

  defp plan(workload, load, seed) do
    {mix, mix_sum} = upto(workload["mix"])
    {churn, churn_sum} = upto(workload["churn"])

    %{
      load: load,
      seed: seed,
      zipf: workload["zipf"],
      timeout: workload["callTimeoutMs"],
      mix: mix,
      mix_sum: mix_sum,
      churn: churn,
      churn_sum: churn_sum,
      operations_per_second: load["callsPerSecond"] * mix_sum / workload["mix"]["call"],
      latencies: Histogram.new(),
      gaps: Histogram.new(),
      restarts: Histogram.new()
    }
  end

  defp upto(weights) do
    Enum.map_reduce(weights, 0, fn {kind, weight}, sum -> {{sum + weight, kind}, sum + weight} end)
  end

  defp table(name) do
    options = [:named_table, :public, write_concurrency: true, read_concurrency: true]
    :ets.new(:"soak_#{name}", options)
  end

  defp act(plan) do
    lanes = System.schedulers_online()
    start_at = System.monotonic_time(:nanosecond) + 50_000_000
    Process.sleep(50)
    churn = Task.async(fn -> Soak.Churn.run(plan, start_at) end)
    clients = for lane <- 0..(lanes - 1), do: Task.async(fn -> Soak.Lane.run(lane, lanes, plan, start_at) end)
    tallies = Task.await_many(clients, :infinity)
    churn = Task.await(churn, :infinity)
    {Enum.reduce(tallies, %{}, &Map.merge(&1, &2, fn _, one, other -> one + other end)), churn}
  end

  defp print(plan, measured, tally, churn) do
    missing =
      Enum.count(0..(plan.load["workers"] - 1), fn key ->
        not :ets.member(:soak_absent, key) and GenServer.whereis(Soak.Worker.via(key)) == nil
      end)

    counted = fn name -> Map.get(tally, name, 0) end

    IO.puts(
      json(%{
        "version" => "Elixir #{System.version()}, OTP #{System.otp_release()}",
        "schedulers" => System.schedulers_online(),
        "startMs" => measured.start_ms,
        "bytesPerWorker" => measured.bytes,
        "operations" => counted.(:operations),
        "calls" => counted.(:calls),
        "failedCalls" => counted.(:failed),
        "timeouts" => counted.(:timeouts),
        "wrong" => counted.(:wrong),
        "lookups" => counted.(:lookups),
        "deadLookups" => counted.(:dead),
        "lookupsAfterEnd" => counted.(:after_end) + churn.after_end,
        "deadAfterEnd" => counted.(:dead_after_end) + churn.dead_after_end,
        "misses" => counted.(:misses),
        "missing" => missing,
        "blows" => churn.blows,
        "cpuMicrosecondsPerOperation" => measured.cpu * 1000 / max(1, counted.(:operations)),
        "calling" => Histogram.summary(plan.latencies),
        "gaps" => Histogram.summary(plan.gaps),
        "restarts" => Histogram.summary(plan.restarts)
      })
    )
  end

  defp json(map) when is_map(map) do
    "{" <> Enum.map_join(map, ",", fn {name, value} -> "\"#{name}\":#{json(value)}" end) <> "}"
  end

  defp json(text) when is_binary(text), do: "\"#{text}\""
  defp json(number) when is_integer(number), do: Integer.to_string(number)
  defp json(number), do: :erlang.float_to_binary(number, decimals: 6)
end

Soak.main(System.argv())
