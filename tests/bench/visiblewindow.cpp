// SPDX-License-Identifier: GPL-3.0-or-later
#include "visiblewindow.h"

#include <xcb/xcb.h>

#include <cstdlib>
#include <memory>

namespace howdah::bench
{

namespace
{
struct Free {
    void operator()(void *memory) const { std::free(memory); } // xcb's replies are malloc'ed
};
template<typename T>
using Reply = std::unique_ptr<T, Free>;
} // namespace

VisibleWindow::VisibleWindow(const QString &display) : m_connection(::xcb_connect(display.toLatin1().constData(), nullptr)) {}

VisibleWindow::~VisibleWindow()
{
    ::xcb_disconnect(m_connection);
}

bool VisibleWindow::isConnected() const
{
    return ::xcb_connection_has_error(m_connection) == 0;
}

bool VisibleWindow::seen(int minWidth)
{
    const xcb_window_t root = ::xcb_setup_roots_iterator(::xcb_get_setup(m_connection)).data->root;
    const Reply<xcb_query_tree_reply_t> tree(::xcb_query_tree_reply(m_connection, ::xcb_query_tree(m_connection, root), nullptr));
    if (!tree)
        return false;
    const xcb_window_t *windows = ::xcb_query_tree_children(tree.get());
    for (int i = 0; i < ::xcb_query_tree_children_length(tree.get()); ++i) {
        const auto attributesCookie = ::xcb_get_window_attributes(m_connection, windows[i]);
        const auto geometryCookie = ::xcb_get_geometry(m_connection, windows[i]);
        const Reply<xcb_get_window_attributes_reply_t> attributes(::xcb_get_window_attributes_reply(m_connection, attributesCookie, nullptr));
        const Reply<xcb_get_geometry_reply_t> geometry(::xcb_get_geometry_reply(m_connection, geometryCookie, nullptr));
        if (attributes && geometry && attributes->map_state == XCB_MAP_STATE_VIEWABLE && geometry->width >= minWidth)
            return true;
    }
    return false;
}

} // namespace howdah::bench
