/** Signing out during a call: who would lose it is named, and the button that keeps the call has focus. */
import type { Config } from "../config";
import { Dialog } from "./Dialog";

interface Props {
  config: Pick<Config, "csrfToken" | "urls">;
  name: string;
  onHangUp(): void;
  onClose(): void;
}

export function SignOutDialog({ config, name, onHangUp, onClose }: Props) {
  return (
    <Dialog title="Sign out during the call?" onClose={onClose}>
      <p>
        <bdi>{name}</bdi> is on the line. Signing out ends the call.
      </p>
      <form class="dialog-buttons" method="post" action={config.urls.logout}>
        <input type="hidden" name="csrfmiddlewaretoken" value={config.csrfToken} />
        <button type="button" class="button-plain" autofocus onClick={onClose}>
          Cancel
        </button>
        <button type="submit" class="button-reject" onClick={onHangUp}>
          Sign out and end the call
        </button>
      </form>
    </Dialog>
  );
}
