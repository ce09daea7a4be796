// One's own call came to nothing: be called back when it can be completed.
import { ActionIcon, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useComplete } from '../../api/completions';
import { useMe } from '../../api/session';
import type { CallRecord } from '../../api/types';
import { Icon } from '../../shell/icons';
import { notifyDone, notifyError } from '../../shell/notify';

const INSIDE = new Set<CallRecord['result']>(['busy', 'rejected', 'unavailable', 'no_answer', 'cancelled']);
const NO_ANSWER = new Set<CallRecord['result']>(['no_answer', 'cancelled']);

/** A number outside only when it was busy; a private one is not known here. */
function canComplete(record: CallRecord, me: number | undefined): boolean {
  if (record.caller_user !== me || record.called_user === me || !/^\+?[0-9]+$/.test(record.called_number)) return false;
  return record.called_user ? INSIDE.has(record.result) : record.result === 'busy';
}

export function CompletionButton({ record }: { record: CallRecord }) {
  const { t } = useTranslation();
  const complete = useComplete();
  const me = useMe()?.id;
  if (!canComplete(record, me)) return null;
  const number = record.called_number;
  const who = record.called_name || number;
  const text = t('manager.back', { who });
  return (
    <Tooltip label={text}>
      <ActionIcon
        variant="subtle"
        size="xs"
        mx={2}
        aria-label={text}
        loading={complete.isPending}
        onClick={(event) => {
          event.stopPropagation(); // the row behind it opens something else
          complete.mutate(
            { number, no_answer: NO_ANSWER.has(record.result) },
            { onError: notifyError, onSuccess: () => notifyDone(t('manager.backAsked', { who })) },
          );
        }}
      >
        <Icon name="restore" size={13} />
      </ActionIcon>
    </Tooltip>
  );
}
