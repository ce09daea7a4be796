// Asks for a mail with a link. What is said afterwards is the same whether there is such an account or not.
import { Alert, Button, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useAskForReset } from '../../api/passwordReset';
import { errorText } from '../../shell/notify';

export function Forgotten({ login, onBack }: { login: string; onBack: () => void }) {
  const { t } = useTranslation();
  const [account, setAccount] = useState(login);
  const ask = useAskForReset();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate(account.trim());
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {ask.isError && (
          <Alert color="red" role="alert" p="xs">
            {errorText(ask.error)}
          </Alert>
        )}
        {ask.isSuccess ? (
          <Text role="status">{t('login.forgotten.sent')}</Text>
        ) : (
          <>
            <Text>{t('login.forgotten.intro')}</Text>
            <TextInput
              label={t('login.forgotten.account')}
              name="account"
              autoComplete="username"
              required
              data-autofocus
              value={account}
              onChange={(event) => setAccount(event.currentTarget.value)}
            />
            <Button type="submit" fullWidth loading={ask.isPending}>
              {t('login.forgotten.ask')}
            </Button>
          </>
        )}
        <Button variant="subtle" onClick={onBack}>
          {t('login.back')}
        </Button>
      </Stack>
    </form>
  );
}
