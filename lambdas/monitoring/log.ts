/**
 * Structured logs: one JSON document a line, with a level, and with what the whole invocation is about. The functions use
 * Lambda's JSON format, whose level Powertools for AWS Lambda honours.
 */
import { Logger } from '@aws-lambda-powertools/logger';

export type Fields = Readonly<Record<string, unknown>>;

/** Messages are constant texts, so that a query finds them. What differs is in the fields. */
export interface Log {
  /** Adds fields to every further line of the invocation: which node, operation, generation and execution it is about. */
  about(fields: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  /** An `error` among the fields is written with its name, message, stack and causes. */
  error(message: string, fields?: Fields): void;
}

/** @param deployment the `service` of each line */
export function createLogger(deployment: string): Logger {
  return new Logger({ serviceName: deployment });
}

export function lambdaLog(logger: Logger): Log {
  return {
    about: (fields) => logger.appendKeys({ ...fields }),
    info: (message, fields = {}) => logger.info(message, { ...fields }),
    warn: (message, fields = {}) => logger.warn(message, { ...fields }),
    error: (message, fields = {}) => logger.error(message, { ...fields }),
  };
}
