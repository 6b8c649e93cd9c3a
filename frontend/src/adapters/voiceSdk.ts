/** The Voice SDK, evaluated between putting the WebSocket's wrapper on and taking it off again. */
import { restoreWebSocket } from "./beforeVoiceSdk";
import { Call, Device } from "@twilio/voice-sdk";

restoreWebSocket();

export { Call, Device };
