// API tokens: made here, shown once, revoked here.
import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useMakeToken } from '../../api/account';
import { useRights } from '../../api/session';
import { CopyButton } from '../../forms/CopyButton';
import { FieldGroup } from '../../forms/FieldGroup';
import { fromLocalInput } from '../../forms/localTime';
import { RightsField } from '../../forms/RightsField';
import { TokenList } from '../../forms/SecurityLists';
import { notifyError } from '../../shell/notify';

function NewToken() {
  const { t } = useTranslation();
  const mine = useRights();
  const make = useMakeToken();
  const [name, setName] = useState('');
  const [end, setEnd] = useState('');
  const [rights, setRights] = useState<string[]>([]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const values = { name: name.trim(), rights: rights.filter((one) => mine.has(one)), expires_at: fromLocalInput(end) };
    make.mutate(values, {
      onSuccess: () => {
        setName('');
        setEnd('');
        setRights([]);
      },
      onError: notifyError,
    });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Group align="end" gap="sm">
          <TextInput name="name" required maxLength={60} label={t('account.tokens.name')} value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <TextInput
            name="expires_at"
            type="datetime-local"
            label={t('account.tokens.expires')}
            value={end}
            onChange={(event) => setEnd(event.currentTarget.value)}
          />
        </Group>
        <RightsField choices={[...mine]} value={rights} onChange={setRights} />
        {make.data && (
          <Alert color="green" title={t('account.tokens.made', { name: make.data.name })}>
            <Group gap="xs" wrap="nowrap">
              <span className="mono" data-field="token" style={{ overflowWrap: 'anywhere' }}>
                {make.data.token}
              </span>
              <CopyButton text={make.data.token} what={t('account.tokens.title')} />
            </Group>
          </Alert>
        )}
        <Button type="submit" loading={make.isPending} style={{ alignSelf: 'flex-start' }}>
          {t('account.tokens.make')}
        </Button>
      </Stack>
    </form>
  );
}

export function Tokens() {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <Text c="dimmed">{t('account.tokens.intro')}</Text>
      <FieldGroup title={t('account.tokens.title')}>
        <TokenList />
      </FieldGroup>
      <FieldGroup title={t('account.tokens.new')}>
        <NewToken />
      </FieldGroup>
    </Stack>
  );
}
