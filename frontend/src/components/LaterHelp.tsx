/** Help that is asked for is told with what is loaded with the board. */
import { useEffect } from "preact/hooks";
import type { Screens } from "../screens/screens";
import type { SoftphoneEvent } from "../softphone/events";
import type { State } from "../softphone/state";
import { useStore } from "./useStore";

interface Props {
  screens: Screens;
  state: State;
  send(event: SoftphoneEvent): void;
  onBoard(): void;
  onListen(): void;
}

export function LaterHelp({ screens, ...props }: Props) {
  const screen = useStore(screens).board;
  useEffect(() => void screens.load("board"), [screens]);
  if (screen.state !== "ready") return null;
  const { HelpNotice } = screen.module;
  return <HelpNotice {...props} />;
}
