defmodule Oracle.Driver do
  @moduledoc """
  Runs programs one after the other and writes down what happens.

  The processes of a program run at high priority and the driver at normal: on one scheduler it
  only gets to run when none of them can. So `erlang:yield/0` is a barrier, without any waiting.

  Invariant: the driver is the parent of the root and sends it one exit signal, the last. All else
  is done by short-lived clients, so that no process takes the driver's doings for its parent's.
  """
  alias Oracle.{Noise, Places, Trace, Tree}

  @patience 2_000
  @longer_than_a_call 3

  @doc "The trace of one program: a line for each step, the fields of a line separated by tabs."
  def run({noises, hangs, names, root, operations}) do
    Places.clear()
    :ets.delete_all_objects(:oracle_kinds)
    Noise.set(noises)
    world = %{lives: %{}, watched: %{}, names: names, hangs: hangs, root: nil, steps: 0}
    {started, world} = start(root, world)
    lines = [started | operations(operations, world)]
    Enum.intersperse(lines, ?\n)
  end

  defp start(root, world) do
    {result, pid} =
      case Tree.start_link(root) do
        {:ok, pid} -> {{:ok, pid}, pid}
        :ignore -> {:ignore, nil}
        {:error, reason} -> {{:error, reason}, nil}
      end

    step(result, %{world | root: pid})
  end

  defp operations(operations, world) do
    {lines, world} =
      operations
      |> Enum.with_index(1)
      |> Enum.map_reduce(world, fn {operation, number}, world ->
        Noise.begin_step(number)
        step(:ok, perform(operation, world))
      end)

    Noise.begin_step(length(operations) + 1)
    lines ++ [finish(world)]
  end

  # What moved since the step before, and how things stand.
  defp step(result, world) do
    settle()
    if world.hangs, do: wait_for_supervisors(200)
    {events, world} = collect(world, [])
    {shown, watched} = snapshot(world)
    settle()
    {more, world} = collect(%{world | watched: watched}, [])
    lives = world.lives
    events = events ++ more
    {gone, watched} = follow(events, watched)
    told = for event <- events ++ gone, do: Trace.words(event, lives)
    line = [Trace.result(result, lives), ?\t, Enum.intersperse(told, ?;), ?\t, shown]
    {line, %{world | watched: watched}}
  end

  # Whoever has begun to live is watched from now on, unless it was too late for that.
  defp follow(events, watched) do
    begun = for {pid, {:init, _, _, :ok}} <- events, not is_map_key(watched, pid), do: pid
    {living, dead} = Enum.split_with(begun, &Process.alive?/1)
    {Enum.map(dead, &{&1, :gone}), Enum.reduce(living, watched, &watch/2)}
  end

  defp finish(world) do
    %{root: root} = world
    lost = if root && stop(root) == :stuck, do: "STUCK", else: "over"
    settle()
    {events, world} = collect(world, [])
    told = for event <- events, do: Trace.words(event, world.lives)
    abandon(world)
    [lost, ?\t, Enum.intersperse(told, ?;), ?\t]
  end

  defp stop(root) do
    ref = Process.monitor(root)
    Process.exit(root, :shutdown)

    receive do
      {:DOWN, ^ref, _, _, _} -> :stopped
    after
      @patience -> :stuck
    end
  end

  # Nothing of a program may live on; only one that hangs leaves anything.
  defp abandon(world) do
    for {pid, _} <- world.lives, do: Process.exit(pid, :kill)
    settle()
    flush()
  end

  defp flush do
    receive do
      {:event, _, _} -> flush()
      {:DOWN, _, _, _, _} -> flush()
      {:EXIT, _, _} -> flush()
    after
      0 -> :ok
    end
  end

  defp settle do
    :erlang.yield()
    {:message_queue_len, before} = Process.info(self(), :message_queue_len)
    :erlang.yield()
    {:message_queue_len, later} = Process.info(self(), :message_queue_len)
    if later != before, do: settle()
  end

  # Until no supervisor waits any more for a child that hangs and will be killed in milliseconds.
  defp wait_for_supervisors(0), do: :ok

  defp wait_for_supervisors(times) do
    busy =
      for {pid, _} <- :ets.tab2list(:oracle_kinds),
          {:current_function, {module, _, _}} <- [Process.info(pid, :current_function)],
          module != :gen_server,
          do: pid

    if busy != [] do
      Process.sleep(1)
      settle()
      wait_for_supervisors(times - 1)
    end
  end

  defp collect(world, events) do
    receive do
      {:event, pid, {:supervisor, id}} ->
        collect(%{world | lives: Map.put(world.lives, pid, Integer.to_string(id))}, events)

      {:event, pid, {:init, id, life, _} = what} ->
        name = Integer.to_string(id) <> "#" <> Integer.to_string(life)
        collect(%{world | lives: Map.put(world.lives, pid, name)}, [{pid, what} | events])

      {:event, pid, what} ->
        collect(world, [{pid, what} | events])

      {:DOWN, _, :process, pid, reason} ->
        collect(world, [{pid, {:ended, reason}} | events])

      {:EXIT, _, _} ->
        collect(world, events)
    after
      0 -> {Enum.reverse(events), world}
    end
  end

  defp perform({:burst, operations}, world), do: Enum.reduce(operations, world, &perform/2)

  defp perform({:advance, seconds}, world) do
    for {pid, :static} <- :ets.tab2list(:oracle_kinds), do: age(pid, seconds, &older/2)
    for {pid, :dynamic} <- :ets.tab2list(:oracle_kinds), do: age(pid, seconds, &older_dynamic/2)
    world
  end

  # The timer of a call that gives up was set before this one, so it has fired when this one does.
  defp perform({:timed, operation}, world) do
    world = perform(operation, world)
    settle()
    Process.sleep(@longer_than_a_call)
    world
  end

  defp perform(operation, world) do
    number = world.steps + 1

    client =
      :erlang.spawn_opt(
        fn ->
          Noise.settle_in(-number)
          result = carry_out(operation)
          Trace.tell({:outcome, result})
        end,
        priority: Noise.first_priority()
      )

    name = "c" <> Integer.to_string(number)
    %{world | steps: number, lives: Map.put(world.lives, client, name)}
  end

  defp carry_out({:send, how, to, {tag, actions}}) do
    case {how, Places.address(to)} do
      {_, nil} ->
        :nobody

      {:call, address} ->
        Tree.attempt(fn -> GenServer.call(address, {:run, tag, actions}, :infinity) end)

      {:cast, address} ->
        GenServer.cast(address, {:run, tag, actions})

      {:info, address} ->
        Places.send_info(address, {:run, tag, actions}) && :ok
    end
  end

  defp carry_out({:signal, to, reason}) do
    on(to, fn pid -> Process.exit(pid, Tree.reason(reason)) end)
    :ok
  end

  defp carry_out({:halt, to, reason}) do
    on(to, fn pid -> Tree.attempt(fn -> GenServer.stop(pid, Tree.reason(reason)) end) end)
  end

  defp carry_out({:start, under, child}) do
    on(under, fn pid -> Tree.start_child(under, pid, child) end)
  end

  defp carry_out({:terminate, under, child}) do
    on(under, fn pid -> Tree.terminate_child(pid, child) end)
  end

  defp carry_out({:restart, under, child}) do
    on(under, fn pid -> Tree.attempt(fn -> :supervisor.restart_child(pid, child) end) end)
  end

  defp carry_out({:delete, under, child}) do
    on(under, fn pid -> Tree.attempt(fn -> :supervisor.delete_child(pid, child) end) end)
  end

  defp carry_out({:count, of}) do
    on(of, fn pid -> Tree.attempt(fn -> counts(:supervisor.count_children(pid)) end) end)
  end

  defp counts(counts) do
    {:counts, Enum.map([:specs, :active, :supervisors, :workers], &Keyword.fetch!(counts, &1))}
  end

  defp on(to, work), do: Tree.on(to, work)

  # How things stand: the tree, then the names. Everybody seen is watched from now on.
  defp snapshot(%{root: root} = world) do
    {tree, watched} = show(root, world, world.watched)
    names = for name <- world.names, do: [" k", Integer.to_string(name), "=", holder(name, world)]
    {[tree | names], watched}
  end

  defp holder(name, world) do
    case Places.whereis(name) do
      :nobody -> "-"
      pid -> Trace.who(pid, world.lives)
    end
  end

  defp show(nil, _world, watched), do: {"-", watched}

  defp show(pid, world, watched) do
    name = Map.get(world.lives, pid, "?")

    case Process.alive?(pid) && Tree.kind(pid) do
      false -> {"-", watched}
      :static -> show_static(name, pid, world, watch(pid, watched))
      :dynamic -> show_dynamic(name, pid, world, watch(pid, watched))
    end
  end

  defp show_static(name, pid, world, watched) do
    case which_children(pid) do
      {:exit, _} ->
        {"-", watched}

      children ->
        {shown, watched} =
          Enum.map_reduce(Enum.reverse(children), watched, fn {id, child, type, _}, watched ->
            {shown, watched} = show_child(child, type, world, watched)
            {[Integer.to_string(id), "=", shown], watched}
          end)

        {[name, "(", Enum.intersperse(shown, " "), ")"], watched}
    end
  end

  defp show_dynamic(name, pid, world, watched) do
    case which_children(pid) do
      {:exit, _} ->
        {"-", watched}

      children ->
        {shown, watched} =
          Enum.map_reduce(children, watched, fn {_, child, type, _}, watched ->
            show_child(child, type, world, watched)
          end)

        shown = shown |> Enum.map(&IO.iodata_to_binary/1) |> Enum.sort()
        {[name, "{", Enum.intersperse(shown, " "), "}"], watched}
    end
  end

  defp show_child(:restarting, _type, _world, watched), do: {"restarting", watched}
  defp show_child(:undefined, _type, _world, watched), do: {"-", watched}
  defp show_child(pid, :supervisor, world, watched), do: show(pid, world, watched)

  defp show_child(pid, :worker, world, watched) do
    {Trace.who(pid, world.lives), watch(pid, watched)}
  end

  defp which_children(pid) do
    Tree.attempt(fn -> GenServer.call(pid, :which_children, @patience) end)
  end

  defp watch(pid, watched) when is_map_key(watched, pid), do: watched

  defp watch(pid, watched) do
    Process.monitor(pid)
    Map.put(watched, pid, true)
  end

  # Instead of waiting: the supervisor remembers its restarts as so many seconds older.
  defp age(pid, seconds, change) do
    if Process.alive?(pid) do
      Tree.attempt(fn -> :sys.replace_state(pid, &change.(&1, seconds)) end)
    end
  end

  defp older(state, seconds) do
    # The eighth field of the record `state` of supervisor.erl: the times of restarts, in seconds.
    7 |> elem_of(state) |> then(&put_elem(state, 7, Enum.map(&1, fn time -> time - seconds end)))
  end

  defp elem_of(index, tuple), do: elem(tuple, index)

  defp older_dynamic(state, seconds) do
    %{state | restarts: Enum.map(state.restarts, &(&1 - seconds))}
  end
end
