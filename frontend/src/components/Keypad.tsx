/** Twelve keys, for dialling and for tones in a call. */
import { t } from "../i18n/i18n";

const KEYS: [string, string][] = [
  ["1", ""],
  ["2", "ABC"],
  ["3", "DEF"],
  ["4", "GHI"],
  ["5", "JKL"],
  ["6", "MNO"],
  ["7", "PQRS"],
  ["8", "TUV"],
  ["9", "WXYZ"],
  ["*", ""],
  ["0", "+"],
  ["#", ""],
];

interface Props {
  tones?: boolean;
  disabled?: boolean;
  onPress(key: string): void;
  /** Keeping 0 pressed gives the + of an international number. */
  onLongZero?(): void;
}

export function Keypad({ tones = false, disabled = false, onPress, onLongZero }: Props) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let long = false;
  const press = (key: string) => ({
    onPointerDown: () => {
      long = false;
      clearTimeout(timer);
      if (key === "0" && onLongZero) {
        timer = setTimeout(() => {
          long = true;
          onLongZero();
        }, 600);
      }
    },
    onPointerUp: () => clearTimeout(timer),
    onPointerLeave: () => clearTimeout(timer),
    onClick: () => {
      if (!long) onPress(key);
      long = false;
    },
  });
  return (
    <div
      class={tones ? "keypad keypad-tones" : "keypad"}
      role="group"
      aria-label={tones ? t("dial.tones") : t("dial.pad")}
    >
      {KEYS.map(([key, letters]) => (
        <button
          type="button"
          key={key}
          class="pad-key"
          disabled={disabled}
          aria-label={nameOf(key)}
          data-letters={/[*#]/.test(key) ? undefined : letters || "\u00a0"}
          {...press(key)}
        >
          {key}
        </button>
      ))}
    </div>
  );
}

function nameOf(key: string): string {
  return key === "*" ? t("dial.star") : key === "#" ? t("dial.hash") : key;
}
