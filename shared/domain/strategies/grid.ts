/** Every combination of a grid of parameters, the last parameter varying fastest. */
export function* combinationsOf(
  grid: Readonly<Record<string, readonly number[]>>,
): Generator<Record<string, number>, void, undefined> {
  const axes = Object.entries(grid);
  const at = axes.map(() => 0);
  for (;;) {
    yield Object.fromEntries(axes.map(([name, values], axis) => [name, values[at[axis]!]!]));
    let axis = axes.length - 1;
    while (axis >= 0 && ++at[axis]! >= axes[axis]![1].length) at[axis--] = 0;
    if (axis < 0) return;
  }
}
