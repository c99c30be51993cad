/** Requests to the tab's routes: retried where that can help; what is wrong, in a sentence. */
import { type Container, decodeContainer } from "./container";
import { parseErrorAnswer } from "./wire";

/** A request that did not give what its route promises; the message is for people. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    message: string,
    /** HTTP status, or 0 where no answer came. */
    readonly status: number,
  ) {
    super(message);
  }

  /** Whether asking again may help: the server is busy, restarting or gone for now. */
  get isPassing(): boolean {
    return this.status === 0 || this.status >= 500;
  }
}

/** Fetch a route's container, retried. */
export async function fetchContainer(
  route: string,
  parameters: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<Container> {
  return fetchContainerAt(address(route, parameters), signal);
}

/** Fetch an address of this API, retried, as a container. */
export async function fetchContainerAt(url: string, signal?: AbortSignal): Promise<Container> {
  return decodeContainer(await (await fetchPatiently(url, signal)).arrayBuffer());
}

/** Fetch a route's answer, retried. */
export async function request(
  route: string,
  parameters: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<Response> {
  return fetchPatiently(address(route, parameters), signal);
}

/** Where a route answers, with its parameters; absolute. */
export function address(route: string, parameters: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(parameters).toString();
  return new URL(query ? `${route}?${query}` : route, document.baseURI).href;
}

/** The error's sentence for people, whatever was thrown. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const PAUSES_MS = [200, 800];

async function fetchPatiently(url: string, signal: AbortSignal | undefined): Promise<Response> {
  for (const pause of PAUSES_MS) {
    try {
      return await fetchOnce(url, signal);
    } catch (error) {
      if (!(error instanceof ApiError) || !error.isPassing) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
      signal?.throwIfAborted();
    }
  }
  return fetchOnce(url, signal);
}

async function fetchOnce(url: string, signal: AbortSignal | undefined): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(url, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw new ApiError(`TensorBoard did not answer (${sentenceOf(error)}); is it running?`, 0);
  }
  if (!answer.ok) throw new ApiError(await explanation(answer), answer.status);
  return answer;
}

async function explanation(answer: Response): Promise<string> {
  const text = await answer.text();
  try {
    return parseErrorAnswer(JSON.parse(text)).error;
  } catch {
    return `TensorBoard answered ${answer.status} ${answer.statusText}`;
  }
}
