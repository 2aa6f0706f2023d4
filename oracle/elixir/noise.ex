defmodule Oracle.Noise do
  @moduledoc """
  Another schedule for the same program: some processes fast, others slow, and pauses.

  A process at high priority runs only when none at max priority can. So a choice of slow processes
  is a choice among the schedules that OTP may follow, and pauses shuffle those of one speed.
  With noise 0 nothing here does anything, and one scheduler makes a run repeatable; with another
  number, that number decides.
  """

  @doc "Decides how the next program is scheduled; `slow` are ids, or `:any` to leave it to chance."
  def set(0, _slow), do: :persistent_term.put(:oracle_noise, nil)

  def set(noise, slow) do
    pausing = rem(noise, 2) == 0
    fast = Enum.at([25, 50, 75, 90], rem(div(noise, 2), 4))
    :persistent_term.put(:oracle_noise, %{seed: noise, slow: slow, fast: fast, pausing: pausing})
  end

  @doc "The priority new processes begin with; whoever is to be slow makes itself slow."
  def first_priority, do: if(:persistent_term.get(:oracle_noise), do: :max, else: :high)

  @doc "To be called first by every new process of a program."
  def settle_in(id) do
    case :persistent_term.get(:oracle_noise) do
      nil -> :ok
      noise -> settle_in(id, noise)
    end
  end

  defp settle_in(id, %{seed: seed, slow: slow, pausing: pausing} = noise) do
    :rand.seed(:exsss, {seed, :ets.update_counter(:oracle_lives, :noise, 1, {:noise, 0}), 1})
    Process.put(:oracle_pausing, pausing)
    slow = if slow == :any, do: :rand.uniform(100) > noise.fast, else: id in slow
    Process.flag(:priority, if(slow, do: :high, else: :max))
    delay()
  end

  @doc "A point at which the process may be scheduled out."
  def delay do
    if Process.get(:oracle_pausing), do: pause(length_of_pause(:rand.uniform(16)))
  end

  # Mostly short or none; now and then long enough for a whole tree to be restarted.
  defp length_of_pause(16), do: :rand.uniform(400)
  defp length_of_pause(chance) when chance > 8, do: chance - 8
  defp length_of_pause(_), do: 0

  defp pause(0), do: :ok

  defp pause(times) do
    :erlang.yield()
    pause(times - 1)
  end
end
