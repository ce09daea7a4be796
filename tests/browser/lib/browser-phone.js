// Runs in a page: the smallest telephone a browser can be. SIP over WebSocket (RFC 7118), voice by RTCPeerConnection.
// It waits for no candidates: who calls it is reachable by itself (ICE-lite). md5 is lent by the test.
/* global md5 */
const token = () => Math.random().toString(36).slice(2, 10);

class BrowserPhone {
  constructor({ name, secret, host, port }) {
    Object.assign(this, { name, secret, host, calls: 0, cseq: 0, waiting: new Map(), state: 'closed' });
    this.url = `ws://${host}:${port}`;
    this.contact = `<sip:${name}@${token()}.invalid;transport=ws>`;
  }

  // ---- messages ----

  static parse(text) {
    const end = text.indexOf('\r\n\r\n');
    const [first, ...lines] = text.slice(0, end).split('\r\n');
    const headers = lines.map((line) => [line.slice(0, line.indexOf(':')).trim().toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]);
    const all = (name) => headers.filter(([one]) => one === name).map(([, value]) => value);
    return { first, all, header: (name) => all(name)[0] ?? '', body: text.slice(end + 4) };
  }

  write(first, headers, body = '') {
    const type = body ? ['Content-Type: application/sdp'] : [];
    this.socket.send([first, ...headers, ...type, `Content-Length: ${body.length}`, '', body].join('\r\n'));
  }

  reply(request, status, extra = [], body = '') {
    const kept = ['via', 'record-route'].flatMap((name) => request.all(name).map((value) => `${name}: ${value}`));
    const tag = /;tag=/.test(request.header('to')) ? '' : `;tag=${(this.tag ??= token())}`;
    const rest = [`From: ${request.header('from')}`, `To: ${request.header('to')}${tag}`];
    rest.push(`Call-ID: ${request.header('call-id')}`, `CSeq: ${request.header('cseq')}`, `Contact: ${this.contact}`);
    this.write(`SIP/2.0 ${status}`, [...kept, ...rest, ...extra], body);
  }

  request(method, uri, { from, to, callId, cseq }, extra = [], body = '') {
    const headers = [`Via: SIP/2.0/WS ${token()}.invalid;branch=z9hG4bK${token()}`, 'Max-Forwards: 70', `From: ${from}`, `To: ${to}`];
    headers.push(`Call-ID: ${callId}`, `CSeq: ${cseq} ${method}`, `Contact: ${this.contact}`, ...extra);
    this.write(`${method} ${uri} SIP/2.0`, headers, body);
    return new Promise((done) => this.waiting.set(`${callId} ${cseq} ${method}`, done));
  }

  /** The final answer, after a challenge if there is one. */
  async ask(method, uri, dialog, extra = [], body = '') {
    let answer = await this.request(method, uri, dialog, extra, body);
    const kind = { 401: 'Authorization', 407: 'Proxy-Authorization' }[answer.status];
    if (!kind) return answer;
    if (method === 'INVITE') this.ack(uri, dialog, answer);
    dialog.cseq = ++this.cseq;
    answer = await this.request(method, uri, dialog, [...extra, `${kind}: ${await this.credentials(method, uri, answer)}`], body);
    return answer;
  }

  async credentials(method, uri, challenge) {
    const lines = [...challenge.all('www-authenticate'), ...challenge.all('proxy-authenticate')];
    const line = lines.find((one) => !/algorithm=sha/i.test(one));
    const value = (name) => new RegExp(`${name}="?([^",]+)`, 'i').exec(line)?.[1] ?? '';
    const [realm, nonce, cnonce] = [value('realm'), value('nonce'), token()];
    const secret = await md5(`${this.name}:${realm}:${this.secret}`);
    const response = await md5(`${secret}:${nonce}:00000001:${cnonce}:auth:${await md5(`${method}:${uri}`)}`);
    const opaque = value('opaque') ? `, opaque="${value('opaque')}"` : '';
    return `Digest username="${this.name}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="${cnonce}"${opaque}`;
  }

  ack(uri, dialog, answer) {
    const headers = [`Via: SIP/2.0/WS x.invalid;branch=z9hG4bK${token()}`, 'Max-Forwards: 70', `From: ${dialog.from}`];
    headers.push(`To: ${answer.header('to')}`, `Call-ID: ${dialog.callId}`, `CSeq: ${dialog.cseq} ACK`);
    this.write(`ACK ${uri} SIP/2.0`, headers);
  }

  receive(text) {
    const message = BrowserPhone.parse(text);
    if (!message.first.startsWith('SIP/2.0')) return this.serve(message);
    message.status = Number(message.first.split(' ')[1]);
    const key = `${message.header('call-id')} ${message.header('cseq')}`;
    if (message.status < 200) return undefined;
    this.waiting.get(key)?.(message);
    return this.waiting.delete(key);
  }

  async serve(message) {
    const method = message.first.split(' ')[0];
    if (method === 'ACK') return;
    if (method === 'INVITE' && !/;tag=/.test(message.header('to'))) await this.answer(message);
    else if (method === 'BYE') {
      this.reply(message, '200 OK');
      this.end();
    } else this.reply(message, method === 'OPTIONS' ? '200 OK' : '488 Not Acceptable Here');
  }

  // ---- what a user does ----

  async open() {
    this.socket = new WebSocket(this.url, 'sip');
    await new Promise((done, fail) => Object.assign(this.socket, { onopen: done, onerror: fail }));
    this.socket.onmessage = ({ data }) => this.receive(data);
    const me = `<sip:${this.name}@${this.host}>`;
    const dialog = { from: `${me};tag=${token()}`, to: me, callId: token(), cseq: ++this.cseq };
    const { status } = await this.ask('REGISTER', `sip:${this.host}`, dialog, ['Expires: 300']);
    if (status !== 200) throw new Error(`REGISTER: ${status}`);
  }

  async connection(video) {
    const pc = new RTCPeerConnection();
    const asWritten = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const mic = await navigator.mediaDevices.getUserMedia({ audio: asWritten });
    mic.getTracks().forEach((track) => pc.addTrack(track, mic));
    if (video) pc.addTransceiver('video');
    pc.ontrack = ({ track }) => track.kind === 'audio' && this.listen(new MediaStream([track]));
    this.pc = pc;
    return pc;
  }

  listen(stream) {
    const audio = new Audio(); // without it Chromium decodes nothing
    Object.assign(audio, { srcObject: stream, muted: true });
    audio.play();
    this.context = new AudioContext();
    this.ear = new AnalyserNode(this.context, { fftSize: 16384, smoothingTimeConstant: 0 });
    new MediaStreamAudioSourceNode(this.context, { mediaStream: stream }).connect(this.ear);
  }

  /** The loudest tone it hears, in Hz; 0 = silence. */
  heard() {
    if (!this.ear) return 0;
    const levels = new Float32Array(this.ear.frequencyBinCount);
    this.ear.getFloatFrequencyData(levels);
    const best = levels.reduce((at, level, i) => (level > levels[at] ? i : at), 0);
    return levels[best] > -60 ? (best * this.context.sampleRate) / this.ear.fftSize : 0;
  }

  async call(number, { video = false } = {}) {
    const pc = await this.connection(video);
    await pc.setLocalDescription(await pc.createOffer());
    const uri = `sip:${number}@${this.host}`;
    const dialog = { from: `<sip:${this.name}@${this.host}>;tag=${token()}`, to: `<${uri}>`, callId: token(), cseq: ++this.cseq };
    const answer = await this.ask('INVITE', uri, dialog, [], pc.localDescription.sdp);
    if (answer.status !== 200) {
      this.ack(uri, dialog, answer);
      return answer.status;
    }
    this.dialog = { ...dialog, to: answer.header('to') };
    this.target = /<([^>]+)>/.exec(answer.header('contact'))[1];
    this.ack(this.target, dialog, answer);
    this.state = 'talking';
    this.remote = answer.body;
    await pc.setRemoteDescription({ type: 'answer', sdp: answer.body });
    return 200;
  }

  /** Offers anew what is there; ice: from another network, so to say. */
  async offerAgain({ ice }) {
    await this.pc.setLocalDescription(await this.pc.createOffer({ iceRestart: ice }));
    this.dialog.cseq = ++this.cseq;
    const answer = await this.ask('INVITE', this.target, this.dialog, [], this.pc.localDescription.sdp);
    this.ack(this.target, this.dialog, answer);
    this.remote = answer.body;
    await this.pc.setRemoteDescription({ type: 'answer', sdp: answer.body });
  }

  async answer(invite) {
    const pc = await this.connection(false);
    this.reply(invite, '180 Ringing');
    this.remote = invite.body;
    await pc.setRemoteDescription({ type: 'offer', sdp: invite.body });
    await pc.setLocalDescription(await pc.createAnswer());
    this.state = 'talking';
    this.reply(invite, '200 OK', [], pc.localDescription.sdp);
    this.dialog = { from: `${invite.header('to')};tag=${this.tag}`, to: invite.header('from'), callId: invite.header('call-id') };
    this.target = /<([^>]+)>/.exec(invite.header('contact'))[1];
  }

  async hangUp() {
    const { status } = await this.ask('BYE', this.target, { ...this.dialog, cseq: ++this.cseq });
    this.end();
    return status;
  }

  end() {
    this.state = 'ended';
    this.tag = undefined;
    this.ear = undefined;
    this.context?.close();
    this.pc?.close();
  }
}

globalThis.BrowserPhone = BrowserPhone;
