// Telephones for the tests: SIPp places and answers calls, a phone of our own registers.
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstLine } from './said.mjs';

const SOFTPHONE = new URL('softphone.py', import.meta.url).pathname;
const md5 = (text) => createHash('md5').update(text).digest('hex');
const token = () => randomBytes(6).toString('hex');

class Sipp {
  constructor(args) {
    this.folder = mkdtempSync(join(tmpdir(), 'strowger-sipp-'));
    this.process = spawn('sipp', args, { cwd: this.folder, stdio: 'ignore' });
    this.ended = new Promise((done) => this.process.once('exit', done));
  }

  async stop() {
    if (this.process.exitCode === null) this.process.kill('SIGKILL');
    await this.ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Answers every call. */
export function answering(at) {
  return new Sipp(['-sn', 'uas', '-i', at.host, '-p', String(at.port), '-nostdin']);
}

/** Calls `number` once and talks for `ms`. */
export function calling(at, server, number, ms) {
  const remote = `${server.host}:${server.sipPort}`;
  return new Sipp([remote, '-sn', 'uac', '-s', number, '-d', String(ms), '-m', '1', '-i', at.host, '-p', String(at.port), '-nostdin']);
}

/** A softphone that answers every call, and with a number calls it; it speaks and listens. */
export class Softphone {
  static async start(server, { username, password }, number) {
    const phone = new Softphone();
    const args = [SOFTPHONE, server.host, String(server.sipPort), username, password];
    phone.process = spawn('python3', number ? [...args, number] : args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
    phone.ended = new Promise((done) => phone.process.once('exit', done));
    await firstLine(phone.process, 'the softphone');
    return phone;
  }

  /** Neither speaks nor hears until it thaws. */
  freeze() {
    process.kill(-this.process.pid, 'SIGSTOP');
  }

  thaw() {
    process.kill(-this.process.pid, 'SIGCONT');
  }

  async stop() {
    this.process.stdin.end();
    await this.ended;
  }
}

/** Registers over UDP with digest authentication and answers OPTIONS; stays until closed. */
export class RegisteredPhone {
  static async register(server, host, { username, password, domain }, userAgent) {
    const phone = new RegisteredPhone(server, host, username, userAgent);
    await phone.open();
    const challenge = await phone.exchange('');
    if (challenge.status !== 401) throw new Error(`expected 401, got ${challenge.status}`);
    const answer = await phone.exchange(phone.authorization(challenge.text, password));
    if (answer.status !== 200) throw new Error(`REGISTER as ${username}@${domain}: ${answer.status}`);
    return phone;
  }

  constructor(server, host, username, userAgent) {
    Object.assign(this, { server, host, username, userAgent, callId: token(), cseq: 0 });
    this.socket = createSocket('udp4');
    this.waiting = null;
  }

  open() {
    this.socket.on('message', (data, from) => this.receive(data.toString(), from));
    return new Promise((done) => this.socket.bind(0, this.host, done));
  }

  receive(text, from) {
    if (text.startsWith('OPTIONS')) this.answerOptions(text, from);
    else if (text.startsWith('SIP/2.0')) this.waiting?.({ status: Number(text.split(' ')[1]), text });
  }

  answerOptions(text, from) {
    const kept = text.split('\r\n').filter((line) => /^(via|from|call-id|cseq|v|f|i)\s*:/i.test(line));
    const to = text.split('\r\n').find((line) => /^(to|t)\s*:/i.test(line));
    const answer = ['SIP/2.0 200 OK', ...kept, `${to};tag=${token()}`, 'Content-Length: 0', '', ''].join('\r\n');
    this.socket.send(answer, from.port, from.address);
  }

  get uri() {
    return `sip:${this.server.host}:${this.server.sipPort}`;
  }

  authorization(challenge, password) {
    const header = challenge.split('\r\n').find((line) => /^WWW-Authenticate:.*MD5/i.test(line) || /^WWW-Authenticate: Digest(?!.*SHA)/i.test(line));
    const value = (name) => new RegExp(`${name}="?([^",]+)`, 'i').exec(header)?.[1] ?? '';
    const [realm, nonce, cnonce, nc] = [value('realm'), value('nonce'), token(), '00000001'];
    const ha2 = md5(`REGISTER:${this.uri}`);
    const response = md5(`${md5(`${this.username}:${realm}:${password}`)}:${nonce}:${nc}:${cnonce}:auth:${ha2}`);
    const opaque = value('opaque');
    return (
      `Authorization: Digest username="${this.username}", realm="${realm}", nonce="${nonce}", uri="${this.uri}", ` +
      `response="${response}", algorithm=MD5, qop=auth, nc=${nc}, cnonce="${cnonce}"${opaque ? `, opaque="${opaque}"` : ''}\r\n`
    );
  }

  exchange(authorization) {
    const { port } = this.socket.address();
    const me = `sip:${this.username}@${this.server.host}`;
    const text =
      `REGISTER ${this.uri} SIP/2.0\r\nVia: SIP/2.0/UDP ${this.host}:${port};rport;branch=z9hG4bK${token()}\r\n` +
      `Max-Forwards: 70\r\nFrom: <${me}>;tag=${token()}\r\nTo: <${me}>\r\nCall-ID: ${this.callId}\r\nCSeq: ${++this.cseq} REGISTER\r\n` +
      `Contact: <sip:${this.username}@${this.host}:${port}>\r\nExpires: 300\r\nUser-Agent: ${this.userAgent}\r\n${authorization}Content-Length: 0\r\n\r\n`;
    return new Promise((done, fail) => {
      const timer = setTimeout(() => fail(new Error('no answer to REGISTER')), 5000);
      this.waiting = (answer) => {
        if (answer.status < 200) return;
        clearTimeout(timer);
        done(answer);
      };
      this.socket.send(text, this.server.sipPort, this.server.host);
    });
  }

  close() {
    this.socket.close();
  }
}
