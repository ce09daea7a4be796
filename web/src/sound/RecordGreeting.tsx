// One of a mailbox's greetings is spoken at a telephone.
import { Button, Select } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Mailbox } from '../api/types';
import { fieldLabel } from '../forms/texts';
import { Icon } from '../shell/icons';
import { AtPhoneDialogue } from './AtPhoneDialogue';

const GREETINGS = ['greeting', 'greeting_busy', 'greeting_away'] as const;

export function RecordGreeting({ mailbox, list }: { mailbox: Mailbox; list: 'mailboxes' | 'me/mailboxes' }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [greeting, setGreeting] = useState<string>(GREETINGS[0]);
  return (
    <>
      <Button variant="default" size="xs" leftSection={<Icon name="phones" size={14} />} onClick={() => setOpen(true)}>
        {t('atPhone.record')}
      </Button>
      {open && (
        <AtPhoneDialogue name={mailbox.name} path={`${list}/${mailbox.id}/record-greeting`} speaks more={{ greeting }} onClose={() => setOpen(false)}>
          <Select
            label={t('atPhone.which')}
            data={GREETINGS.map((field) => ({ value: field, label: fieldLabel('mailbox', field) }))}
            value={greeting}
            allowDeselect={false}
            onChange={(field) => field && setGreeting(field)}
          />
        </AtPhoneDialogue>
      )}
    </>
  );
}
