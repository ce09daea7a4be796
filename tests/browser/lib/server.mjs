// A real strowgerd with a data directory and addresses of its own.
import { spawn } from 'node:child_process';
import { openSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const ROOT = resolve(new URL('../../..', import.meta.url).pathname);
const BUILD = resolve(process.env.STROWGER_BUILD ?? join(ROOT, 'build'));
const START_MS = 20_000;
const STOP_MS = 20_000;
const SUBNET = `127.${120 + (process.pid % 100)}.${1 + (Math.floor(process.pid / 100) % 250)}`;

/** .1 is the server, .11 and up are phones. */
export const address = (host) => `${SUBNET}.${host}`;

export async function until(condition, what, ms = 20_000) {
  const deadline = Date.now() + ms;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (Date.now() > deadline) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

function portIsFree(host, port) {
  return new Promise((answer) => {
    const probe = createServer();
    probe.once('error', () => answer(false));
    probe.listen(port, host, () => probe.close(() => answer(true)));
  });
}

/** A port above those that the relay takes, on an address that only this program uses. */
export async function freePort(host) {
  for (;;) {
    const port = 41_000 + 2 * Math.floor(Math.random() * 9000);
    if (await portIsFree(host, port)) return port;
  }
}

export class Server {
  /** options: more of strowgerd's own. */
  static async start(options = []) {
    const server = new Server();
    server.options = options;
    server.folder = mkdtempSync(join(tmpdir(), 'strowger-browser-'));
    server.host = address(1);
    server.sipPort = await freePort(server.host);
    server.httpPort = await freePort(server.host);
    server.wsPort = await freePort(server.host);
    server.url = `http://${server.host}:${server.httpPort}`;
    await server.launch();
    return server;
  }

  get log() {
    return readFileSync(join(this.folder, 'log'), 'utf8');
  }

  async launch() {
    const out = openSync(join(this.folder, 'log'), 'a');
    const options = ['--data', join(this.folder, 'data'), '--bind', this.host, '--sip-port', this.sipPort];
    options.push(...this.options, '--sips-port', 0, '--ws-port', this.wsPort, '--wss-port', 0, '--http-port', this.httpPort, '--web', join(ROOT, 'web/dist'));
    this.process = spawn(join(BUILD, 'src/daemon/strowgerd'), options.map(String), { stdio: ['ignore', out, out] });
    this.process.once('error', (error) => (this.failure = error));
    await until(() => this.isHealthy(), 'strowgerd answers', START_MS);
  }

  async isHealthy() {
    if (this.failure) throw this.failure;
    if (this.process.exitCode !== null) throw new Error(`strowgerd ended with ${this.process.exitCode}:\n${this.log}`);
    try {
      return (await fetch(`${this.url}/api/health`)).ok;
    } catch {
      return false;
    }
  }

  /** SIGTERM: the daemon must end by itself and with 0. */
  async halt() {
    this.process.kill('SIGTERM');
    await until(() => this.process.exitCode !== null || this.process.signalCode !== null, 'strowgerd stops', STOP_MS);
    if (this.process.exitCode !== 0) throw new Error(`strowgerd ended with ${this.process.exitCode}:\n${this.log}`);
  }

  async stop() {
    try {
      await this.halt();
    } finally {
      if (this.process.exitCode === null) this.process.kill('SIGKILL');
      rmSync(this.folder, { recursive: true, force: true });
    }
  }
}
