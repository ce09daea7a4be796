// The messages of a call, as the trace page shows them, while and after it runs.
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTrace } from '../../api/traces';
import { layLadder } from '../traces/ladder';
import { LadderDiagram } from '../traces/LadderDiagram';
import { Message } from '../traces/Message';
import classes from '../traces/traces.module.css';

/** They are stored a moment after they were said. */
const LOOK_AGAIN_MS = 1000;

export function CallLadder({ callId }: { callId: string }) {
  const { t } = useTranslation();
  const [picked, setPicked] = useState(0);
  const trace = useTrace(callId);
  const { refetch, isError } = trace;
  const messages = useMemo(() => trace.data?.messages ?? [], [trace.data]);
  const product = t('shell.product');
  const ladder = useMemo(() => layLadder(messages, product), [messages, product]);
  useEffect(() => {
    if (!isError) return;
    const timer = setInterval(() => void refetch(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isError, refetch]);
  const message = messages[picked];
  if (!message) return null;
  return (
    <div className={classes.split}>
      <LadderDiagram ladder={ladder} picked={picked} onPick={setPicked} />
      <Message message={message} />
    </div>
  );
}
