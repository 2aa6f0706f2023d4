defmodule Oracle.Worker do
  @moduledoc """
  The one server of all programs: it does what its specification and its messages say.
  """
  use GenServer
  import Oracle.Trace, only: [tell: 1]
  alias Oracle.{Noise, Places, Tree}

  def start_link(spec), do: GenServer.start_link(__MODULE__, spec, options(spec))

  def start(spec), do: GenServer.start(__MODULE__, spec, options(spec))

  defp options(spec) do
    options = [spawn_opt: [priority: Noise.first_priority()]]
    name = elem(spec, 6)
    if name, do: [{:name, Places.via(name)} | options], else: options
  end

  @impl true
  def init({:worker, id, _, _, _, traps, _, plans, at_init, at_exit, at_down, at_terminate}) do
    Noise.settle_in(id)
    life = Places.enter(id)
    plan = Enum.at(plans, life - 1, :ok)
    tell({:init, id, life, plan})

    case plan do
      :ok ->
        Process.flag(:trap_exit, traps)

        state = %{
          at_exit: at_exit,
          at_down: at_down,
          at_terminate: at_terminate,
          froms: [],
          monitors: []
        }

        {:noreply, state} = run(at_init, state, :init)
        {:ok, state}

      :ignore ->
        :ignore

      :raise ->
        raise "boom"

      :throw ->
        throw(:boom)

      :junk ->
        :junk

      reason ->
        {:stop, Tree.reason(reason)}
    end
  end

  @impl true
  def handle_call({:run, tag, actions}, from, state) do
    tell({:got, :call, tag})
    run(actions, state, from)
  end

  @impl true
  def handle_cast({:run, tag, actions}, state) do
    tell({:got, :cast, tag})
    run(actions, state, nil)
  end

  @impl true
  def handle_continue({:run, tag, actions}, state) do
    tell({:got, :continue, tag})
    run(actions, state, nil)
  end

  @impl true
  def handle_info({:run, tag, actions}, state) do
    tell({:got, :info, tag})
    run(actions, state, nil)
  end

  def handle_info({:EXIT, from, reason}, state) do
    Noise.delay()
    tell({:exit, from, reason})
    if state.at_exit == :stop, do: {:stop, reason, state}, else: {:noreply, state}
  end

  def handle_info({:DOWN, ref, :process, pid, reason}, state) do
    Noise.delay()
    tell({:down, pid, reason})
    state = %{state | monitors: List.keydelete(state.monitors, ref, 1)}
    if state.at_down == :stop, do: {:stop, :bang, state}, else: {:noreply, state}
  end

  def handle_info(_message, state) do
    tell(:stray)
    {:noreply, state}
  end

  @impl true
  def terminate(reason, state) do
    Noise.delay()
    tell({:terminate, reason})

    case state.at_terminate do
      :end -> :ok
      :raise -> raise "bang"
      :hang -> Process.sleep(:infinity)
    end
  end

  # `from` is the present call, `nil` for other messages, `:later` once its answer is put off.
  defp run(actions, state, from) do
    Noise.delay()
    step(actions, state, from)
  end

  defp step([], state, from), do: finish(state, from, [])

  defp step([action | rest], state, from) do
    case action do
      {:stop, reason, true} when is_tuple(from) -> {:stop, Tree.reason(reason), :bye, state}
      {:stop, reason, _} -> {:stop, Tree.reason(reason), state}
      :raise -> raise "boom"
      :throw -> throw(:boom)
      :junk -> :junk
      {:exit, reason} -> exit(Tree.reason(reason))
      :later when is_tuple(from) -> step(rest, %{state | froms: state.froms ++ [from]}, :later)
      {:continue, {tag, actions}} -> finish(state, from, [{:continue, {:run, tag, actions}}])
      other -> step(rest, act(other, state), from)
    end
  end

  defp finish(state, from, extra) when is_tuple(from),
    do: List.to_tuple([:reply, :ok, state | extra])

  defp finish(state, _from, extra), do: List.to_tuple([:noreply, state | extra])

  defp act(:later, state), do: state

  defp act(:answer, state) do
    case state.froms do
      [] ->
        state

      [from | froms] ->
        GenServer.reply(from, :late)
        %{state | froms: froms}
    end
  end

  defp act({:trap, on}, state) do
    Process.flag(:trap_exit, on)
    state
  end

  defp act({:start, under, child}, state) do
    did("start", under, Tree.on(under, fn pid -> Tree.start_child(under, pid, child) end), state)
  end

  defp act({:spawn, child, linked}, state) do
    result = if linked, do: start_link(child), else: start(child)
    did("spawn", elem(child, 1), result, state)
  end

  defp act({:where, name}, state), do: did("where", name, Places.whereis(name), state)

  defp act({:register, name}, state), do: did("register", name, Places.register(name), state)

  defp act({:unregister, name}, state) do
    Places.unregister(name)
    state
  end

  defp act({:call, to, {tag, actions}, caught, times_out}, state) do
    limit = if times_out, do: 1, else: :infinity
    request = {:run, tag, actions}

    case Places.address(to) do
      nil -> did("call", to, :nobody, state)
      address -> did("call", to, call(address, request, limit, caught), state)
    end
  end

  defp act({how, to, {tag, actions}}, state) when how in [:cast, :info] do
    case Places.address(to) do
      nil -> did(Atom.to_string(how), to, :nobody, state)
      address -> post(how, address, {:run, tag, actions}) && state
    end
  end

  defp act({:halt, to, reason}, state) do
    result =
      Tree.on(to, fn pid -> Tree.attempt(fn -> GenServer.stop(pid, Tree.reason(reason)) end) end)

    did("halt", to, result, state)
  end

  defp act({:signal, to, reason}, state) do
    pid = Places.find(to)
    if pid, do: Process.exit(pid, Tree.reason(reason))
    state
  end

  defp act({:link, to}, state) do
    case Places.find(to) do
      nil -> did("link", to, :nobody, state)
      pid -> did("link", to, link(pid), state)
    end
  end

  defp act({:unlink, to}, state) do
    pid = Places.find(to)
    if pid, do: Process.unlink(pid)
    state
  end

  defp act({:monitor, to}, state) do
    pid = Places.find(to)

    if pid == nil or Tree.over?(pid) do
      did("monitor", to, :nobody, state)
    else
      %{state | monitors: [{to, Process.monitor(pid)} | state.monitors]}
    end
  end

  defp act({:demonitor, to}, state) do
    case List.keytake(state.monitors, to, 0) do
      nil ->
        state

      {{_, ref}, monitors} ->
        Process.demonitor(ref, [:flush])
        %{state | monitors: monitors}
    end
  end

  defp call(address, request, limit, true) do
    Tree.attempt(fn -> GenServer.call(address, request, limit) end)
  end

  # The exit of a call that nobody catches is a crash, whatever the reason in it. For OTP it is the
  # pair {reason, {GenServer, :call, _}}, which a supervisor takes for a clean end if the reason is
  # `shutdown`, by accident of its shape (oracle/README.md, "Differences that are meant").
  defp call(address, request, limit, false) do
    GenServer.call(address, request, limit)
  catch
    :exit, {reason, {GenServer, :call, _}} -> exit({:call, reason})
  end

  defp post(:cast, address, message), do: GenServer.cast(address, message)
  defp post(:info, address, message), do: Places.send_info(address, message)

  defp link(pid) do
    Process.link(pid)
    :ok
  rescue
    ErlangError -> :noproc
  end

  defp did(what, to, result, state) do
    tell({:did, what, to, result})
    state
  end
end
