/** Asks before something that cannot be taken back. The button that leaves all as it is has focus. */
import { Dialog } from "./Dialog";

interface Props {
  title: string;
  text: string;
  keep: string;
  act: string;
  onAct(): void;
  onClose(): void;
}

export function Question({ title, text, keep, act, onAct, onClose }: Props) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <div class="dialog-buttons">
        <button type="button" class="button-plain" autofocus onClick={onClose}>
          {keep}
        </button>
        <button
          type="button"
          class="button-accent"
          onClick={() => {
            onClose();
            onAct();
          }}
        >
          {act}
        </button>
      </div>
    </Dialog>
  );
}
