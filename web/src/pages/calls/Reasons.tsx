// Why a call went the way it did, behind a small button.
import { Button, List, Popover } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function Reasons({ reasons }: { reasons: string[] }) {
  const { t } = useTranslation();
  if (reasons.length === 0) return null;
  return (
    <Popover width={420} position="bottom-start" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button variant="subtle" size="compact-xs">
          {t('calls.why', { count: reasons.length })}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <List type="ordered" size="sm" spacing={4}>
          {reasons.map((reason, index) => (
            <List.Item key={index}>{reason}</List.Item>
          ))}
        </List>
      </Popover.Dropdown>
    </Popover>
  );
}
