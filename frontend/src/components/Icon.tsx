/** Our signs, drawn on a 24 unit grid with one stroke. They always stand beside a word or have a name elsewhere. */
import type { JSX } from "preact";

const HANDSET =
  "M6.2 3.5h2.6a1 1 0 0 1 1 .8l.7 3.2a1 1 0 0 1-.3 1L8.4 10a12.5 12.5 0 0 0 5.6 5.6l1.5-1.8a1 1 0 0 1 1-.3l3.2.7a1 1 0 0 1 .8 1v2.6a1.7 1.7 0 0 1-1.8 1.7A15.8 15.8 0 0 1 4.5 5.3 1.7 1.7 0 0 1 6.2 3.5z";

const SHAPES = {
  check: <path d="M5 12.5l4.5 4.5L19.5 7" />,
  phone: <path d={HANDSET} />,
  "hang-up": (
    <path d="M3 13.8c0-3.6 4-5.8 9-5.8s9 2.2 9 5.8v1.3a1 1 0 0 1-1 1h-2.8a1 1 0 0 1-1-.8l-.5-2.3a13 13 0 0 0-7.4 0l-.5 2.3a1 1 0 0 1-1 .8H4a1 1 0 0 1-1-1z" />
  ),
  alert: <path d="M12 4L2.8 19.5h18.4zM12 10v4.4M12 17v.1" />,
  clock: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 7v5.2l3.4 2" />
    </>
  ),
  bell: <path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.8h-15zM10 20.5h4" />,
  mic: (
    <>
      <rect x="9" y="3.5" width="6" height="11" rx="3" />
      <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />
    </>
  ),
  "mic-off": (
    <>
      <path d="M9 9V6.5a3 3 0 0 1 6 0v5M9 12a3 3 0 0 0 4.4 2.2M5.5 11.5a6.5 6.5 0 0 0 10 5.4M18.5 11.5a6.4 6.4 0 0 1-.5 2.5M12 18v3" />
      <path d="M4 4l16 16" />
    </>
  ),
  headset: (
    <path d="M4.5 17v-4.5a7.5 7.5 0 0 1 15 0V17M4.5 14.5h3v6h-1.5a1.5 1.5 0 0 1-1.5-1.5zM19.5 14.5h-3v6H18a1.5 1.5 0 0 0 1.5-1.5z" />
  ),
  noise: <path d="M3 12h1.5M6.5 12l1.2-4 2 11L12 4.5l2.2 14 2-9.5 1.3 3M19.5 12H21" />,
  signal: <path d="M4 19.5v-2.5M9 19.5v-5.5M14 19.5v-9M19 19.5V5" />,
  lock: (
    <>
      <rect x="5.5" y="10.5" width="13" height="9.5" rx="2" />
      <path d="M8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5" />
    </>
  ),
  keypad: (
    <>
      {[6, 12, 18].flatMap((y) =>
        [6, 12, 18].map((x) => <circle cx={x} cy={y} r="1.4" fill="currentColor" />),
      )}
    </>
  ),
  paste: (
    <>
      <rect x="5.5" y="5" width="13" height="15.5" rx="2" />
      <path d="M9.5 3.5h5v3h-5zM9 11h6M9 15h6" />
    </>
  ),
  pencil: (
    <path d="M4.5 19.5l1-4.2L16.2 4.6a1.7 1.7 0 0 1 2.4 0l.8.8a1.7 1.7 0 0 1 0 2.4L8.7 18.5zM14.5 6.3l3.2 3.2" />
  ),
  backspace: <path d="M9 5.5h10.5v13H9L3.5 12zM11.5 9.5l5 5M16.5 9.5l-5 5" />,
  close: <path d="M5.5 5.5l13 13M18.5 5.5l-13 13" />,
  "chevron-down": <path d="M6.5 9.5l5.5 5.5 5.5-5.5" />,
  search: (
    <>
      <circle cx="10.5" cy="10.5" r="6.5" />
      <path d="M15.5 15.5l5 5" />
    </>
  ),
  list: <path d="M9 6.5h11.5M9 12h11.5M9 17.5h11.5M4 6.5h.6M4 12h.6M4 17.5h.6" />,
  person: (
    <>
      <circle cx="12" cy="8" r="4" />
      <path d="M4.5 20.5c0-4 3.4-6 7.5-6s7.5 2 7.5 6" />
    </>
  ),
  help: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M9.7 9.7a2.4 2.4 0 1 1 3.5 2.1c-.8.4-1.2.9-1.2 1.7M12 16.5v.1" />
    </>
  ),
  speaker: <path d="M4.5 9.5v5h3.5l4.5 4V5.5l-4.5 4zM16 9a4.2 4.2 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11" />,
  sliders: (
    <>
      <path d="M3.5 8h9M17.5 8h3M3.5 16h3M11.5 16h9" />
      <circle cx="15" cy="8" r="2.4" />
      <circle cx="9" cy="16" r="2.4" />
    </>
  ),
  in: <path d="M18 6L7 17M7 9v8h8" />,
  out: <path d="M6 18L17 7M9 7h8v8" />,
  missed: <path d="M14 10L5.5 18.5M5.5 12.5v6h6M15.5 3.5l5 5M20.5 3.5l-5 5M10 14l4-4" />,
  voicemail: (
    <>
      <circle cx="6.5" cy="12" r="3.8" />
      <circle cx="17.5" cy="12" r="3.8" />
      <path d="M6.5 15.8h11" />
    </>
  ),
  shield: <path d="M12 3.5l7 2.5v5.5c0 4.3-2.9 7.4-7 9-4.1-1.6-7-4.7-7-9V6zM9 12l2.2 2.2L15.2 10" />,
  pause: <path d="M7 5.5h3.5v13H7zM13.5 5.5H17v13h-3.5z" fill="currentColor" />,
  play: <path d="M8 5.5v13l10.5-6.5z" fill="currentColor" />,
  text: <path d="M4 5.5h16v11.5h-9l-4.5 3.5V17H4z" />,
  note: <path d="M5 4.5h14v10l-5 5H5zM14 19.5v-5h5M8.5 9h7M8.5 13h4" />,
  more: (
    <>
      {[6, 12, 18].map((x) => (
        <circle key={x} cx={x} cy="12" r="1.6" fill="currentColor" />
      ))}
    </>
  ),
  block: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M6 6l12 12" />
    </>
  ),
  merge: (
    <path d="M6 4v3.5c0 3 6 3.500 6 6.500V20M18 4v3.500c0 3-6 3.500-6 6.500M8.500 16.500L12 20l3.500-3.500" />
  ),
  download: <path d="M12 4v10.500M7.500 10.500L12 15l4.500-4.500M5 19.500h14" />,
  plus: <path d="M12 5.500v13M5.500 12h13" />,
  people: (
    <>
      <circle cx="9" cy="8.500" r="3.500" />
      <path d="M2.500 19.500c0-3.500 2.900-5 6.500-5s6.500 1.500 6.500 5M15.500 5.300a3.500 3.500 0 0 1 0 6.400M17.500 14.900c2.500.6 4 2 4 4.600" />
    </>
  ),
  trash: <path d="M5 7h14M10 7V4.500h4V7M7 7l.8 12.500h8.400L17 7M10.500 10.500v5.500M13.500 10.500v5.500" />,
  message: <path d="M4.5 5.5h15v10.5H11l-4 3.5V16H4.5zM8.5 9.2h7M8.5 12.3h4.5" />,
  send: <path d="M20.5 3.5L10.5 13.5M20.5 3.5l-6.3 17-3.7-7-7-3.7z" />,
  clip: (
    <path d="M19.5 11.5l-7.6 7.6a4.6 4.6 0 0 1-6.5-6.5l8-8a3 3 0 0 1 4.3 4.3l-7.8 7.8a1.5 1.5 0 0 1-2.1-2.1l7-7" />
  ),
  stop: (
    <>
      <path d="M8.5 3.5h7l5 5v7l-5 5h-7l-5-5v-7z" />
      <path d="M8.5 12h7" />
    </>
  ),
  retry: <path d="M19.5 9A8 8 0 0 0 5 8.5M5 4v4.5h4.5M4.5 15A8 8 0 0 0 19 15.5M19 20v-4.5h-4.5" />,
  transfer: <path d="M4 8.5h15M15 4.500l4 4-4 4M20 15.500H5M9 11.500l-4 4 4 4" />,
  both: <path d="M3.500 12h17M7.500 8l-4 4 4 4M16.500 8l4 4-4 4" />,
  music: (
    <>
      <path d="M9 17.500V6l10.500-2v11.500" />
      <circle cx="6.500" cy="17.500" r="2.500" />
      <circle cx="17" cy="15.500" r="2.500" />
    </>
  ),
  "arrow-up": <path d="M17 21C8 17 7 11 9 3.5M4 9.5l5-6 6 4.5" />,
} satisfies Record<string, JSX.Element>;

export type IconName = keyof typeof SHAPES;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {SHAPES[name]}
    </svg>
  );
}

/** The bell on a desk. */
export function Brand({ size = 26 }: { size?: number }) {
  return (
    <svg
      class="brand-mark"
      width={size}
      height={size}
      viewBox="0 0 26 26"
      aria-hidden="true"
      focusable="false"
    >
      <rect width="26" height="26" rx="6.5" />
      <path class="brand-bell" d="M7.2 16.4a5.8 5.8 0 0 1 11.6 0zM5 18h16v1.6H5zM12.1 6.6h1.8v2.6h-1.8z" />
    </svg>
  );
}
