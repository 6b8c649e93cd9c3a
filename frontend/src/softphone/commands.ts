/** Command → port. What comes of it returns as an event. */
import type { Api, Desk, Leader, Microphone, Phone, Tones } from "../ports";
import type { Command, SoftphoneEvent } from "./events";

export interface Ports {
  phone: Phone;
  microphone: Microphone;
  desk: Desk;
  leader: Leader;
  tones: Tones;
  api: Pick<Api, "hangUp" | "act" | "declineCallBack">;
}

type Refusal = Error & { status?: number };
/** The answer to ending a call that is over, of which this desk has not heard. */
const OVER = 409;

export function commandRunner(
  ports: Ports,
  send: (event: SoftphoneEvent) => void,
): (command: Command) => void {
  const { phone, microphone, desk, leader, tones, api } = ports;
  /** Of a call that ends as soon as the server knows that it is meant. */
  let end: (() => void) | null = null;

  function endTold(id: string, sid: string): void {
    const mine = () => {
      if (end === mine) end = null;
      phone.hangUp(id);
    };
    end = mine;
    // Whoever has hung up is heard no more.
    phone.mute(id, true);
    void desk.tell({ type: "call.hang_up", sid }).then(() => end === mine && mine());
  }

  return (command) => {
    // The phone has one call at a time.
    if (
      command.type === "phone.connect" ||
      command.type === "phone.supervise" ||
      command.type === "phone.accept"
    )
      end?.();
    switch (command.type) {
      case "microphone.watch":
        return microphone.watch();
      case "microphone.request":
        return microphone.request();
      case "microphone.check":
        return microphone.check();
      case "leader.request":
        return leader.request();
      case "leader.take":
        return leader.take(command.anyway);
      case "phone.start":
        return phone.start();
      case "phone.stop":
        return phone.stop();
      case "phone.connect":
        return phone.connect(command);
      case "phone.supervise":
        return phone.supervise(command.id, command.sid);
      case "phone.accept":
        return phone.accept(command.id);
      case "phone.reject":
        return phone.reject(command.id);
      case "phone.ignore":
        return phone.ignore(command.id);
      case "phone.mute":
        return phone.mute(command.id, command.muted);
      case "phone.digit":
        return phone.sendDigit(command.id, command.digit);
      case "phone.hang-up":
        return phone.hangUp(command.id);
      case "phone.hang-up-told":
        return endTold(command.id, command.sid);
      case "call.hang-up":
        // That it is over comes as a push.
        void api.hangUp(command.sid).catch(({ status, message }: Refusal) => {
          if (status === OVER) desk.send({ type: "desk.refresh" });
          else send({ type: "call.not-ended", sid: command.sid, message });
        });
        return;
      case "call.act":
        void api.act(command.sid, command.act).then(
          (call) => send({ type: "call.acted", sid: command.sid, call }),
          ({ message }: Refusal) => send({ type: "call.not-acted", sid: command.sid, message }),
        );
        return;
      case "call.supervise": {
        const { id, sid, mode } = command;
        void api.act(sid, { do: "supervise", mode }).then(
          (call) => send({ type: "supervise.taken", id, call }),
          ({ message }: Refusal) => send({ type: "supervise.refused", id, message, at: Date.now() }),
        );
        return;
      }
      case "call.move":
        void api.act(command.sid, { do: "move" }).then(
          () => send({ type: "move.noted", sid: command.sid, at: Date.now() }),
          ({ message }: Refusal) => send({ type: "move.refused", sid: command.sid, message }),
        );
        return;
      case "tone.hold-lasts":
        return tones.holdLasts();
      case "tone.second-ring":
        return tones.secondRing();
      case "call-back.decline":
        // Whatever came of it, the server says what is offered now.
        void api.declineCallBack(command.sid).catch(() => desk.send({ type: "desk.refresh" }));
        return;
      case "desk.open":
        return desk.open();
      case "desk.retry":
        return desk.retry();
      case "desk.send":
        return desk.send(command.message);
    }
  };
}
