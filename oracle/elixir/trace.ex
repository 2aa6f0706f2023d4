defmodule Oracle.Trace do
  @moduledoc """
  What happened, sent to the driver as it happens and put into words when the step is over.

  Invariant: words know no pids: a process is called by its place and the number of its life, such
  as `3#2`; a supervisor by its place alone. oracle/flotilla/words.ts uses the same words.
  """

  @doc "Tells the driver what the calling process just did or saw."
  def tell(what), do: send(:oracle_driver, {:event, self(), what})

  @doc "An event as `actor words`; `names` knows the pids of this program."
  def words({actor, what}, names), do: [who(actor, names), " ", say(what, names)]

  @doc "A process by its place."
  def who(pid, names) when is_pid(pid), do: Map.get(names, pid, "outside")

  defp say({:init, id, life, plan}, _names) when is_integer(id) and is_integer(life) do
    ["init ", Atom.to_string(plan)]
  end

  defp say({:got, how, tag}, _names), do: ["got ", Atom.to_string(how), " ", number(tag)]

  defp say({:did, what, to, result}, names),
    do: [what, " ", number(to), " ", result(result, names)]

  defp say({:exit, from, reason}, names),
    do: ["exit ", sender(from, names), " ", reason(reason, names)]

  defp say({:down, pid, reason}, names),
    do: ["down ", who(pid, names), " ", reason(reason, names)]

  defp say({:terminate, reason}, names), do: ["terminate ", reason(reason, names)]
  defp say({:ended, reason}, names), do: ["ended ", reason(reason, names)]
  defp say({:outcome, result}, names), do: ["outcome ", result(result, names)]
  defp say(:gone, _names), do: "gone"
  defp say(:stray, _names), do: "stray"

  # A client of the driver is nobody in particular.
  defp sender(pid, names) do
    case who(pid, names) do
      "c" <> _ -> "outside"
      name -> name
    end
  end

  defp number(value), do: Integer.to_string(value)

  @doc "What an operation came to."
  def result(:ok, _names), do: "ok"
  def result(word, _names) when is_atom(word), do: Atom.to_string(word)
  def result(count, _names) when is_integer(count), do: Integer.to_string(count)
  def result({:ok, pid}, names) when is_pid(pid), do: ["ok ", who(pid, names)]
  def result({:ok, :undefined}, _names), do: "ignore"
  def result({:error, reason}, names), do: ["error ", reason(reason, names)]
  def result({:exit, reason}, names), do: ["exit ", reason(reason, names)]
  def result(pid, names) when is_pid(pid), do: who(pid, names)
  def result({:counts, counts}, _names), do: Enum.intersperse(Enum.map(counts, &number/1), "/")

  @doc "An exit reason."
  def reason(word, _names) when is_atom(word), do: Atom.to_string(word)
  def reason({:shutdown, :bye}, _names), do: "bye"

  def reason({:shutdown, {:failed_to_start_child, id, why}}, names) do
    ["failed(", number(id), " ", reason(why, names), ")"]
  end

  def reason({:bad_return_value, value}, _names) when is_atom(value), do: Atom.to_string(value)
  def reason({:already_started, pid}, _names) when is_pid(pid), do: "taken"
  # What supervisor:start_child/2 makes of a child that did not start.
  def reason({why, child}, names) when elem(child, 0) == :child, do: reason(why, names)
  def reason({%RuntimeError{message: message}, _stack}, _names), do: message
  def reason({:call, why}, names), do: ["call(", reason(why, names), ")"]
  def reason(other, _names), do: inspect(other)
end
