// A number in a list, and the way to call it.
import { ActionIcon, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useDial } from '../../api/manager';
import { useRights } from '../../api/session';
import { Icon } from '../../shell/icons';
import { notifyDone, notifyError } from '../../shell/notify';

/** Only the button; nothing for who may not. */
export function DialButton({ number }: { number: string }) {
  const { t } = useTranslation();
  const dial = useDial();
  const may = useRights().has('callman');
  if (!may || !/^[0-9+*#]+$/.test(number)) return null;
  const text = t('manager.callNumber', { number });
  return (
    <Tooltip label={text}>
      <ActionIcon
        variant="subtle"
        size="xs"
        mx={2}
        aria-label={text}
        loading={dial.isPending}
        onClick={(event) => {
          event.stopPropagation(); // the row behind it opens something else
          dial.mutate(number, { onError: notifyError, onSuccess: () => notifyDone(t('manager.dialling', { number })) });
        }}
      >
        <Icon name="calls" size={13} />
      </ActionIcon>
    </Tooltip>
  );
}

export function DialNumbers({ numbers }: { numbers: string[] }) {
  return (
    <>
      {numbers.map((number) => (
        <span key={number} style={{ whiteSpace: 'nowrap', marginRight: 6 }}>
          {number}
          <DialButton number={number} />
        </span>
      ))}
    </>
  );
}
