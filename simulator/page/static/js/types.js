/**
 * What the simulator tells the page, as the type checker sees it. No code lives here.
 *
 * @typedef {{time: string, text: string}} Caption
 *
 * @typedef {object} Call
 * @property {string} sid
 * @property {string | null} parent_call_sid
 * @property {"inbound" | "outbound-api" | "outbound-dial"} direction
 * @property {string} from
 * @property {string} to
 * @property {string} status
 * @property {"telephone" | "client" | "number"} party
 * @property {string | null} start_time
 * @property {string | null} answer_time
 * @property {string | null} end_time
 * @property {number | null} duration
 * @property {string} digits
 * @property {string | null} verb  what the desk's TwiML does with this call right now
 * @property {string} [document]  the path of the document that runs
 * @property {string} [hears]  what it hears, in a word; empty for silence
 * @property {Caption[]} captions
 * @property {(Caption & {confidence: number})[]} [said]  what its telephone said in words
 * @property {string[]} children  the sids of the legs it made
 *
 * @typedef {object} Message
 * @property {string} sid
 * @property {"inbound" | "outbound-api" | "outbound-reply"} direction
 * @property {string | null} from
 * @property {string} to
 * @property {string} body
 * @property {string} status
 * @property {number | null} error_code
 * @property {number} segments
 * @property {{sid: string, content_type: string, bytes: number}[]} media
 * @property {"twilio" | "telephone" | null} author  who wrote it, when that was no person and not the desk
 * @property {string | null} date_created
 * @property {{status: string, time: string}[]} history
 *
 * @typedef {object} Sender
 * @property {string} sender
 * @property {number} rate  segments in a second
 * @property {number} queued  segments that wait
 * @property {number} waiting  texts that wait
 * @property {number} capacity  segments with which its queue is full
 * @property {number} overflow  what becomes of a text that finds it full: 21611 or 30001
 * @property {number} sent  segments
 *
 * @typedef {object} WebRequest
 * @property {string | number} id
 * @property {string} time
 * @property {"out" | "in"} direction  out: a webhook to the desk; in: the desk uses the REST API
 * @property {string} kind
 * @property {string} method
 * @property {string} url
 * @property {string | null} call_sid
 * @property {string | null} [message_sid]
 * @property {Record<string, string>} params
 * @property {Record<string, string>} headers
 * @property {number} [attempt]
 * @property {number | null} status
 * @property {number | null} duration_ms
 * @property {string | null} content_type
 * @property {string | null} response_body
 * @property {string | null} error
 * @property {string | null} [fault]  what was done to it on purpose
 *
 * @typedef {{kind: string, rate?: number, seconds?: number, status?: number, count?: number,
 *   match?: {path?: string, method?: string, call_status?: string, call_sid?: string, message_status?: string,
 *   message_sid?: string}}} FaultRule
 * @typedef {FaultRule & {fired: number, active: boolean}} ActiveRule  `active`: whether it may still strike
 * @typedef {{seed: number, rules: ActiveRule[]}} Faults
 *
 * @typedef {{time: string, call_sid: string | null, message_sid?: string | null, code: string | number | null, text: string,
 *   level?: string}} Warning
 * @typedef {{sid: string, phone_number: string, friendly_name: string, voice_url?: string}} OurNumber
 * @typedef {{sid: string, name: string, max_size: number, waiting: {call_sid: string, since: string | null}[],
 *   deleted?: boolean}} Queue  who waits, first in line first
 * @typedef {"manual" | "answer" | "busy" | "no-answer" | "reject" | "failed" | "voicemail"} Behaviour
 * @typedef {{digits: string, after?: number}} Press
 * @typedef {{words: string, after?: number, confidence?: number}} Say
 * @typedef {{press?: Press | Press[] | null, say?: Say | Say[] | null, greeting?: string}} Reactions
 * @typedef {{result: "deliver" | "undelivered" | "failed" | "silent" | "refuse", code: number | null,
 *   delay: number | null}} TextRule
 * @typedef {{line_type: string, texts: TextRule}} TextSettings
 * @typedef {{number: string, name?: string, behaviour: Behaviour, delay: number, voice: string, reply: string}
 *   & TextSettings & Reactions} Telephone
 * @typedef {{sender: string, telephone: string}} OptOut
 *
 * @typedef {{type: "request", key: string, time: number, request: WebRequest}} RequestEntry
 * @typedef {{type: "state", key: string, time: number, sid: string, text: string}} StateEntry
 * @typedef {{type: "warning", key: string, time: number, warning: Warning}} WarningEntry
 * @typedef {RequestEntry | StateEntry | WarningEntry} Entry
 *
 * @typedef {{type: "snapshot", calls: Call[], requests: WebRequest[], numbers: OurNumber[], telephones: Telephone[],
 *   warnings: Warning[], faults?: Faults, messages?: Message[], senders?: Sender[], opt_outs?: OptOut[],
 *   queues?: Queue[]}} Snapshot
 * @typedef {Snapshot | {type: "call", call: Call} | {type: "caption", sid: string, text: string, time: string}
 *   | {type: "request", request: WebRequest} | {type: "warning", warning: Warning} | {type: "reset"}
 *   | {type: "message", message: Message} | {type: "sender", sender: Sender}
 *   | {type: "queue", queue: Queue} | {type: "opt_outs", opt_outs: OptOut[]} | ({type: "faults"} & Faults)} SimulatorEvent
 */

export {};
