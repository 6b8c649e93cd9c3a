/** Evaluated before the Voice SDK's module: import order is what puts the wrapped WebSocket in its way. */
import { readConfig } from "../config";
import { wrapWebSocket } from "./signallingSocket";

const config = readConfig();

export const restoreWebSocket = config ? wrapWebSocket(config.phone) : () => {};
