/** Small signs beside words: a state is never told by its colour alone. */

const PATHS = {
  check: 'M3 8.5 6.5 12 13 4.5',
  cross: 'm4 4 8 8M12 4l-8 8',
  dot: 'M8 8h.01',
  half: 'M8 2.5a5.5 5.5 0 1 0 0 11M8 2.5v11',
  question: 'M5.8 6.2a2.2 2.2 0 1 1 3.4 1.9C8.4 8.6 8 9 8 9.8M8 12.5h.01',
  ring: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11Z',
  clock: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM8 5v3.2l2 1.3',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.5v9l7-4.5-7-4.5Z',
  warning: 'M8 2.5 1.8 13h12.4L8 2.5ZM8 6.5v3M8 11.5h.01',
  up: 'M8 12.5v-9M4 7.2l4-4 4 4',
  down: 'M8 3.5v9M4 8.8l4 4 4-4',
  stop: 'M5.2 2h5.6L14 5.2v5.6L10.8 14H5.2L2 10.8V5.2L5.2 2ZM5.5 8h5',
  plus: 'M8 3v10M3 8h10',
  trash: 'M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5',
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration: the word beside it, or the label of its button, says the same. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The wheel in its stream. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <circle cx="16" cy="13" r="8.4" />
      <path d="M16 1.6v22.8M6.1 7.3l19.8 11.4M6.1 18.7l19.8-11.4" />
      <path class="stream" d="M2 28.4c2.3-2.2 4.7-2.2 7 0s4.7 2.2 7 0 4.7-2.2 7 0 4.7 2.2 7 0" />
    </svg>
  );
}
