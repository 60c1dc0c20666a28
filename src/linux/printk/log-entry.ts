/** One message of the kernel's log. */
export interface LogRecord {
  /** Since boot; undefined for text that had not reached the log yet. */
  readonly timeNs?: number;
  /** 0 emergency to 7 debug. */
  readonly level: number;
  /** 0 kernel; others were written by user space through /dev/kmsg. */
  readonly facility: number;
  /** Who said it, as the kernel prints it: "T123" a task, "C0" a CPU in interrupt context. */
  readonly caller?: string;
  readonly sequence?: number;
  /** May hold newlines: further lines of one message. */
  readonly text: string;
  /** LOG_CONT: meant to go on where the record before it ended. */
  readonly continued?: true;
}

/** What is not in the log, and why: a remark of ours between records. */
export interface LogRemark {
  readonly remark: string;
  /** Records were there and could not be read: what the log does not say may have been in them. */
  readonly unread?: true;
}

/** What reading the log gives, in its order. */
export type LogEntry = LogRecord | LogRemark;

/** Whether it is no record but a word of the reader on what is missing there. */
export function isRemark(entry: LogEntry): entry is LogRemark {
  return 'remark' in entry;
}

/** printk_caller_id(): the top bit says CPU. */
export function callerInWords(callerId: number): string {
  return callerId >>> 31 ? `C${callerId & 0x7fffffff}` : `T${callerId}`;
}

/** A log's bytes as text; the kernel puts no encoding on them, user space and file names mean UTF-8. */
export function logText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
