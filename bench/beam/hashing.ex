defmodule Bench.Hashing do
  @moduledoc """
  Rendezvous hashing: a key belongs to the node with the highest hash of the two.

  Three forms: `max_by` over `phash2` of key and node, as it is usually written; the key hashed once
  and then `phash2` per node, the fastest with `phash2`; and the key hashed once with an integer
  mixer instead of `phash2` per node. Keys are there before the time starts.
  """
  import Bitwise
  alias Bench.Clock

  @range 4_294_967_296
  @keys 1_024

  @doc "Picks of one of `size` nodes."
  def rendezvous(size, count) do
    names = for number <- 0..(size - 1), do: :"node-#{number}"
    nodes = for name <- names, do: {name, :erlang.phash2(name, @range)}
    keys = List.to_tuple(for number <- 1..@keys, do: "user-" <> Integer.to_string(number))

    forms = [
      nsPerOperation: &by_phash2(&1, nodes),
      maxByNsPerOperation: &by_max_by(&1, names),
      mixerNsPerOperation: &by_mixer(&1, nodes)
    ]

    measured = for {figure, pick} <- forms, do: {figure, measure(pick, keys, names, count)}
    figures = for {figure, {elapsed, _}} <- measured, do: {figure, elapsed / count}
    completed = measured |> Enum.map(fn {_, {_, picks}} -> picks end) |> Enum.min()
    {count, completed, figures}
  end

  defp measure(pick, keys, names, count) do
    picks(pick, keys, min(count, 1_000), 0)
    check(pick, keys, names)
    Clock.time(fn -> picks(pick, keys, count, 0) end)
  end

  # A form that hashes badly could be fast: at least half of the nodes (of 64) must ever be picked.
  defp check(pick, keys, names) do
    picked = keys |> Tuple.to_list() |> Enum.map(pick) |> Enum.uniq()
    expected = min(length(names), 64)
    if length(picked) * 2 < expected, do: raise("only #{length(picked)} nodes were ever picked")
  end

  defp picks(_pick, _keys, 0, done), do: done

  defp picks(pick, keys, left, done) do
    case pick.(elem(keys, left &&& @keys - 1)) do
      name when is_atom(name) and name != nil -> picks(pick, keys, left - 1, done + 1)
      _ -> picks(pick, keys, left - 1, done)
    end
  end

  defp by_max_by(key, names), do: Enum.max_by(names, &:erlang.phash2({key, &1}))

  defp by_phash2(key, nodes), do: highest_phash2(:erlang.phash2(key, @range), nodes, nil, -1)

  defp highest_phash2(_hash, [], best, _score), do: best

  defp highest_phash2(hash, [{name, seed} | rest], best, score) do
    case :erlang.phash2(bxor(hash, seed), @range) do
      higher when higher > score -> highest_phash2(hash, rest, name, higher)
      _ -> highest_phash2(hash, rest, best, score)
    end
  end

  defp by_mixer(key, nodes), do: highest_mixed(:erlang.phash2(key, @range), nodes, nil, -1)

  defp highest_mixed(_hash, [], best, _score), do: best

  defp highest_mixed(hash, [{name, seed} | rest], best, score) do
    case mix(mix(bxor(hash, seed))) do
      higher when higher > score -> highest_mixed(hash, rest, name, higher)
      _ -> highest_mixed(hash, rest, best, score)
    end
  end

  # The factor is small enough for the product to stay a small integer.
  defp mix(number), do: bxor(number, number >>> 16) * 0x45D9F3B &&& @range - 1
end
