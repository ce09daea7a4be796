// Why a call went the way it did, behind a small button.
import { Button, Popover } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Reason } from '../../api/types';
import { ReasonList } from '../ReasonList';

export function Reasons({ reasons }: { reasons: Reason[] }) {
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
        <ReasonList reasons={reasons} />
      </Popover.Dropdown>
    </Popover>
  );
}
