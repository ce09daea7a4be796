// Requests as a program sends them: the target byte for byte, one connection kept per sender.
import http from 'node:http';

export class Client {
  /** from: an address of this machine, so that what a test does wrong is not held against the next one. */
  constructor(server, { from, session, socketPath } = {}) {
    this.session = session;
    this.where = socketPath ? { socketPath } : { host: server.host, port: server.httpPort, localAddress: from };
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
  }

  close() {
    this.agent.destroy();
  }

  /** body: bytes or text; announce: a length that is claimed and never sent. */
  send(method, path, { body, type = 'application/json', headers = {}, announce } = {}) {
    const all = { ...headers };
    if (this.session) Object.assign(all, { cookie: this.session.cookie, 'x-csrf-token': this.session.csrf });
    if (body !== undefined) all['content-length'] = Buffer.byteLength(body);
    if (announce) all['content-length'] = announce;
    if (body !== undefined || announce) all['content-type'] = type;
    return new Promise((answered, failed) => {
      const request = http.request({ ...this.where, agent: announce ? false : this.agent, method, path, headers: all }, (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('error', failed);
        answer.on('end', () => {
          if (announce) request.destroy();
          answered(new Answer(answer, Buffer.concat(parts)));
        });
      });
      request.on('error', failed);
      if (announce) request.flushHeaders();
      else request.end(body);
    });
  }

  /** What must succeed, as JSON. */
  async json(method, path, value) {
    const answer = await this.send(method, path, { body: value === undefined ? undefined : JSON.stringify(value) });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.text ? answer.json() : null;
  }

  async logIn(login, password) {
    const answer = await this.send('POST', '/api/session', { body: JSON.stringify({ login, password }) });
    if (answer.status !== 200) throw new Error(`log-in: ${answer.status} ${answer.text}`);
    this.remember(answer);
    return this;
  }

  remember(answer) {
    this.session = { cookie: answer.headers['set-cookie'][0].split(';')[0], csrf: answer.json().csrf };
  }

  /** Status and media type of an answer without end. */
  peek(path) {
    const headers = this.session ? { cookie: this.session.cookie } : {};
    return new Promise((answered, failed) => {
      const request = http.get({ ...this.where, agent: false, path, headers }, (answer) => {
        request.destroy();
        answered(new Answer(answer, Buffer.alloc(0)));
      });
      request.on('error', (error) => request.destroyed || failed(error));
    });
  }
}

class Answer {
  constructor(answer, bytes) {
    this.status = answer.statusCode;
    this.headers = answer.headers;
    this.mediaType = (answer.headers['content-type'] ?? '').split(';')[0].trim();
    this.bytes = bytes;
  }

  get text() {
    return this.bytes.toString('utf8');
  }

  json() {
    return JSON.parse(this.text);
  }
}
