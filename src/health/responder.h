// SPDX-License-Identifier: GPL-3.0-or-later
// What the HTTP server asks for each request: who may ask is judged, then it is answered from the board alone. Thread-safe.
#pragma once

#include "base/clock.h"
#include "health/admission.h"
#include "health/board.h"
#include "health/httpserver.h"
#include "health/routes.h"

namespace howdah::health
{

inline HttpServer::Responder responderOf(std::shared_ptr<const Board> board, const Admission &admission)
{
    const Clock clock;
    return [board = std::move(board), admission, clock, begunMs = clock.monotonicMs()](const HttpRequest &request) {
        auto refused = refusalOf(request, admission);
        const Moment now{clock.monotonicMs(), clock.wallMs()};
        HttpAnswer answer = refused ? *std::move(refused) : answerTo(request, board->read(), now, double(now.monotonicMs - begunMs) / 1000);
        addOrigin(answer, request, admission);
        return answer;
    };
}

} // namespace howdah::health
