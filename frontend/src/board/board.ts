/** The supervisors' board: asked for while it is open, on each connection anew, and told by pushes. */
import type { Board, DeskMessage } from "../messages";

export interface BoardState {
  open: boolean;
  /** The team that is looked at; null: all. */
  team: number | null;
  board: Board | null;
  /** When this desk heard of it last, by its own clock. */
  heardAt: number;
  connected: boolean;
}

export interface BoardStore {
  get(): BoardState;
  subscribe(listener: () => void): () => void;
  open(): void;
  close(): void;
  choose(team: number | null): void;
  /** A push. */
  merge(board: Board, at: number): void;
  /** The first frame of a connection has come. */
  connected(): void;
  lost(): void;
  /** Whoever comes to this computer next sees nothing of it. */
  clear(): void;
}

/** The server says something every ten seconds while a board is open. */
const SILENT_AFTER = 25_000;
const NOTHING: BoardState = { open: false, team: null, board: null, heardAt: 0, connected: false };

/** Whether what is shown is what is so. */
export function isLive({ board, connected, heardAt }: BoardState, now: number): boolean {
  return board !== null && connected && now - heardAt < SILENT_AFTER;
}

export function createBoard(send: (message: DeskMessage) => void): BoardStore {
  let state = NOTHING;
  const listeners = new Set<() => void>();

  function set(change: Partial<BoardState>): void {
    state = { ...state, ...change };
    listeners.forEach((listener) => listener());
  }

  function ask(): void {
    if (state.open && state.connected) send({ type: "board.open", team: state.team });
  }

  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    open() {
      if (state.open) return;
      set({ open: true });
      ask();
    },
    close() {
      if (!state.open) return;
      // Old figures are not shown when it is opened again.
      set({ open: false, board: null });
      if (state.connected) send({ type: "board.close" });
    },
    choose(team) {
      if (team === state.team) return;
      set({ team });
      ask();
    },
    merge(board, at) {
      if (!state.open) return;
      // Of another team than is looked at now it was on its way, unless that one is none of the own any more.
      const gone = state.team !== null && !board.teams.some(({ id }) => id === state.team);
      if (board.team !== state.team && !(gone && board.team === null)) return;
      set({ board, heardAt: at, team: board.team });
    },
    connected() {
      if (state.connected) return;
      set({ connected: true });
      ask();
    },
    lost: () => state.connected && set({ connected: false }),
    clear: () => set({ ...NOTHING }),
  };
}
