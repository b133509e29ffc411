# The second step of a verdict (confirmed, contested).
steps-dyn-resident-none = 증명서가 유효한지 아직 확인하지 못했습니다. 신청이 도달한 일시는 그대로 남습니다.
steps-dyn-resident-provisional = 신청이 도달한 시점의 최신 정보로는 증명서가 유효했습니다. 이후의 정보로 다시 한번 확인합니다. 아무것도 하실 필요가 없습니다.
steps-dyn-resident-confirmed = 신청이 도달한 뒤의 정보로도 확인했습니다. 도달한 시점에 증명서는 유효했습니다.
steps-dyn-resident-contested = 나중에 나온 정보에 따르면, 신청이 도달한 시점에 증명서는 이미 쓸 수 없게 되어 있었습니다. 이사하거나 성이 바뀌면 증명서는 자동으로 쓸 수 없게 됩니다. 이것만으로 신청이 거부되지는 않습니다. 어떻게 처리할지는 제출처 기관이 판단하며, 이 화면에서 알려 드립니다.
steps-dyn-step-held-decision = 확인 대기 해제
steps-dyn-step-confirmed = 증명서의 유효성 재확인
steps-dyn-step-contested = 증명서의 실효 판명
steps-statements = 증명서에 관한 서명된 통지(JWS) 표시하기
steps-statements-hint = 각 통지는 바로 앞의 통지를 가리키고, 첫 통지는 접수증을 가리킵니다. 파일을 저장해 두면 언제 무엇이 확인되었는지 나중에 보일 수 있습니다.
steps-statements-save = 접수증과 통지 저장하기
