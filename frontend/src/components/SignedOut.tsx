/** In the desk's place when the session has ended: nothing of any customer stays on this screen. */
import { Brand, Icon } from "./Icon";

export function SignedOut({ message, loginUrl }: { message: string; loginUrl: string }) {
  const why = message.startsWith("You were") ? "Sign in again to take calls." : message;
  return (
    <main class="signed-out">
      <p class="brand">
        <Brand /> <span>Ringdesk</span>
      </p>
      <div class="card signed-out-card">
        <Icon name="alert" size={28} />
        <h1>You were signed out</h1>
        <p>{why} Until then, calls do not ring here.</p>
        <a class="button-accent" href={loginUrl}>
          Sign in
        </a>
      </div>
    </main>
  );
}
