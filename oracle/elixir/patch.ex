defmodule Oracle.Patch do
  @moduledoc """
  OTP's own modules with a pause before each signal they send and each message they wait for.

  Nothing else of them is changed, and a process may always be scheduled out there; so whatever a
  patched run shows is an outcome that OTP allows. It takes part in runs with noise alone.
  """
  @modules [
    :supervisor,
    :gen_server,
    :gen,
    :proc_lib,
    :sys,
    DynamicSupervisor,
    GenServer,
    Registry
  ]
  @signals [:exit, :monitor, :demonitor, :link, :unlink, :send]

  @doc "Puts the patched modules in the place of OTP's."
  def load do
    :code.unstick_dir(:code.lib_dir(:stdlib, :ebin))

    for module <- @modules do
      path = :code.which(module)
      {:ok, {_, [abstract_code: {_, forms}]}} = :beam_lib.chunks(path, [:abstract_code])
      {:ok, ^module, binary} = :compile.forms(Enum.map(forms, &patch/1), [:nowarn_unused_vars])
      {:module, ^module} = :code.load_binary(module, path, binary)
    end

    :ok
  end

  defp patch({:call, anno, target, arguments}) do
    call = {:call, anno, patch(target), patch(arguments)}
    if signals?(target, length(arguments)), do: after_pause(anno, call), else: call
  end

  defp patch({:op, anno, :!, to, message}) do
    after_pause(anno, {:op, anno, :!, patch(to), patch(message)})
  end

  defp patch({:receive, anno, clauses}) do
    after_pause(anno, {:receive, anno, patch(clauses)})
  end

  defp patch({:receive, anno, clauses, limit, body}) do
    after_pause(anno, {:receive, anno, patch(clauses), patch(limit), patch(body)})
  end

  defp patch({:function, anno, name, arity, clauses}) do
    {:function, anno, name, arity, patch(clauses)}
  end

  defp patch({:attribute, _, _, _} = attribute), do: attribute
  defp patch(parts) when is_list(parts), do: Enum.map(parts, &patch/1)

  defp patch(parts) when is_tuple(parts) do
    parts |> Tuple.to_list() |> Enum.map(&patch/1) |> List.to_tuple()
  end

  defp patch(leaf), do: leaf

  defp signals?({:remote, _, {:atom, _, module}, {:atom, _, name}}, arity) do
    module in [:erlang, Process] and signal?(name, arity)
  end

  defp signals?({:atom, _, name}, arity), do: signal?(name, arity)
  defp signals?(_, _), do: false

  # exit/1 ends the caller and is no signal.
  defp signal?(:exit, arity), do: arity == 2
  defp signal?(name, _arity), do: name in @signals

  defp after_pause(anno, expression) do
    pause = {:call, anno, {:remote, anno, {:atom, anno, Oracle.Noise}, {:atom, anno, :delay}}, []}
    {:block, anno, [pause, expression]}
  end
end
