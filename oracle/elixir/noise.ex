defmodule Oracle.Noise do
  @moduledoc """
  Another schedule for the same program: some processes fast, others slow, and pauses.

  A process at high priority runs only when none at max priority can. So a choice of slow processes
  is a choice among the schedules that OTP may follow, and pauses shuffle those of one speed.
  With noise 0 nothing here does anything, and one scheduler makes a run repeatable; with another
  number, that number decides. Noise may turn into another one at the birth of any process: what
  happened before stays the same, so a search may keep what it has found so far.
  """

  @doc """
  Decides how the next program is scheduled: what is first in the list counts from the
  birth with the number it has on. `slow` are ids, or `:any` to leave it to chance.
  """
  def set([{0, 0, _slow}]), do: :persistent_term.put(:oracle_noise, nil)
  def set(noises), do: :persistent_term.put(:oracle_noise, Enum.map(noises, &plan/1))

  defp plan({from, noise, slow}) do
    pausing = rem(noise, 2) == 0
    fast = Enum.at([25, 50, 75, 90], rem(div(noise, 2), 4))
    %{from: from, seed: noise, slow: slow, fast: fast, pausing: pausing}
  end

  @doc "Births are counted by step: the third one in step 2 has the number 2003."
  def begin_step(number), do: :ets.insert(:oracle_lives, {:noise, number * 1000})

  @doc "The priority new processes begin with; whoever is to be slow makes itself slow."
  def first_priority, do: if(:persistent_term.get(:oracle_noise), do: :max, else: :high)

  @doc "To be called first by every new process of a program."
  def settle_in(id) do
    case :persistent_term.get(:oracle_noise) do
      nil -> :ok
      plans -> settle_in(id, plans)
    end
  end

  defp settle_in(id, plans) do
    life = :ets.update_counter(:oracle_lives, :noise, 1, {:noise, 0})
    Process.put(:oracle_self, {id, life})
    follow(plan_at(plans, life))
    delay()
  end

  @doc "A point at which the process may be scheduled out."
  def delay do
    with {from, pausing} <- Process.get(:oracle_plan) do
      plan = plan_at(:persistent_term.get(:oracle_noise), births())
      pausing = if plan.from == from, do: pausing, else: follow(plan)
      if pausing, do: pause(length_of_pause(:rand.uniform(16)))
    end
  end

  defp plan_at(plans, births), do: Enum.find(plans, &(births >= &1.from))

  defp births, do: :ets.lookup_element(:oracle_lives, :noise, 2)

  defp follow(%{from: from, seed: seed, slow: slow, pausing: pausing} = plan) do
    {id, life} = Process.get(:oracle_self)
    :rand.seed(:exsss, {seed, life, from + 1})
    slow = if slow == :any, do: :rand.uniform(100) > plan.fast, else: id in slow
    Process.flag(:priority, if(slow, do: :high, else: :max))
    Process.put(:oracle_plan, {from, pausing})
    pausing
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
