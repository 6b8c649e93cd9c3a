/**
 * Lets the Voice SDK talk to a signalling server without TLS.
 *
 * The SDK always builds `wss://HOST/signal` and takes the WebSocket class once, when its module is evaluated. For
 * exactly the host that the page's configuration names, a subclass opens `ws:` instead; it must be a subclass because
 * the SDK reads the class's constants. Twilio knows the edge by the host's name; there the query says it. Against Twilio
 * nothing is wrapped.
 */
import type { PhoneConfig } from "../config";

export function wrapWebSocket(
  phone: Pick<PhoneConfig, "signallingHost" | "signallingInsecure" | "edge">,
  scope: { WebSocket: typeof WebSocket } = globalThis,
): () => void {
  const native = scope.WebSocket;
  if (!phone.signallingHost || !phone.signallingInsecure) return () => {};
  const secure = `wss://${phone.signallingHost}/`;
  const insecure = `ws://${phone.signallingHost}/`;
  scope.WebSocket = class extends native {
    constructor(url: string | URL, protocols?: string | string[]) {
      const address = String(url);
      const local = `${insecure}${address.slice(secure.length)}?edge=${encodeURIComponent(phone.edge)}`;
      super(address.startsWith(secure) ? local : address, protocols);
    }
  };
  return () => {
    scope.WebSocket = native;
  };
}
