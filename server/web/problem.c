// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/web/problem.h"

#include <stddef.h>

#include "server/http/exchange/problem.h"

#define BUSY_TITLE \
    HTTP_WORDS("The server cannot do that now", "Máy chủ chưa làm được việc này lúc này")
#define BAD_TITLE HTTP_WORDS("The request cannot be understood", "Máy chủ không hiểu yêu cầu này")

#define AT_MOST_200                                            \
    HTTP_WORDS("At most 200 characters are kept. Shorten it.", \
               "Tối đa 200 ký tự. Hãy rút ngắn lại.")
#define ONE_LINE                                                                        \
    HTTP_WORDS("It is one line: without line ends, tabs and other control characters.", \
               "Hãy viết trên một dòng, không xuống dòng, không có ký tự điều khiển.")
#define WANTS_UTF8 HTTP_WORDS("The text has to be UTF-8.", "Chữ phải được mã hoá bằng UTF-8.")

static const struct http_problem PROBLEMS[N_PROBLEMS] = {
    [PROBLEM_NOT_FOUND] = {404, "not-found",
                           HTTP_WORDS("There is nothing at this address",
                                      "Không có gì ở địa chỉ này"),
                           HTTP_NO_WORDS},
    [PROBLEM_BAD_REQUEST] = {400, "bad-request", BAD_TITLE, HTTP_NO_WORDS},
    [PROBLEM_BODY_NOT_JSON] = {400, "bad-request", BAD_TITLE,
                               HTTP_WORDS("The body is not a JSON object.",
                                          "Nội dung gửi lên không phải là một đối tượng JSON.")},
    [PROBLEM_FIELDS_INVALID] = {400, "invalid-fields",
                                HTTP_WORDS("Some of what was entered cannot be taken",
                                           "Có chỗ điền chưa đúng"),
                                HTTP_WORDS("Correct the fields that are named in errors.",
                                           "Hãy sửa các ô được nêu trong errors.")},
    [PROBLEM_TYPE_NOT_JSON] = {415, "unsupported-type",
                               HTTP_WORDS("application/json expected",
                                          "Nội dung gửi lên phải là application/json"),
                               HTTP_NO_WORDS},
    [PROBLEM_CONFLICT] = {409, "conflict",
                          HTTP_WORDS("It is in another state than the request assumes",
                                     "Tình trạng của nó đã khác với lúc gửi yêu cầu"),
                          HTTP_WORDS("Load the page again.", "Hãy tải lại trang.")},
    [PROBLEM_TOO_LARGE] = {413, "too-large",
                           HTTP_WORDS("The request is too large", "Yêu cầu quá lớn"),
                           HTTP_NO_WORDS},
    [PROBLEM_DISK_FULL] = {507, "disk-full",
                           HTTP_WORDS("The server's disk is full",
                                      "Ổ đĩa của máy chủ không còn đủ chỗ"),
                           HTTP_WORDS("Nothing that was acknowledged is lost. Try again later.",
                                      "Những phần đã nhận vẫn được giữ. Hãy thử lại sau.")},
    [PROBLEM_INTERNAL] = {500, "internal", HTTP_WORDS("An error of the server", "Máy chủ gặp lỗi"),
                          HTTP_WORDS("The server's log has the cause. Try again.",
                                     "Nguyên nhân nằm trong nhật ký của máy chủ. Hãy thử lại.")},
    [PROBLEM_BUSY] = {503, "unavailable", BUSY_TITLE,
                      HTTP_WORDS("The server is busy. Try again in a moment.",
                                 "Máy chủ đang bận. Hãy thử lại sau ít giây.")},
    [PROBLEM_NO_MEMORY] = {503, "unavailable", BUSY_TITLE,
                           HTTP_WORDS("The server is short of memory. Try again later.",
                                      "Máy chủ đang thiếu bộ nhớ. Hãy thử lại sau.")},
    [PROBLEM_DATABASE_BUSY] = {503, "unavailable", BUSY_TITLE,
                               HTTP_WORDS("The database is busy. Try again in a moment.",
                                          "Cơ sở dữ liệu đang bận. Hãy thử lại sau ít giây.")},
    [PROBLEM_DATABASE_AWAY] = {503, "unavailable", BUSY_TITLE,
                               HTTP_WORDS("The database does not answer. Try again later.",
                                          "Cơ sở dữ liệu không trả lời. Hãy thử lại sau.")},
    [PROBLEM_METHOD] = {405, "method-not-allowed",
                        HTTP_WORDS("This address has other methods",
                                   "Địa chỉ này không nhận phương thức đó"),
                        HTTP_NO_WORDS},
    [PROBLEM_NOT_BUILT] = {404, "not-built",
                           HTTP_WORDS("The web pages were not built",
                                      "Các trang web chưa được tạo"),
                           HTTP_WORDS("Build player-web, or give their folder with --web.",
                                      "Hãy tạo player-web, hoặc chỉ ra thư mục bằng --web.")},

    [PROBLEM_SIGN_IN_FIRST] = {401, "sign-in-required",
                               HTTP_WORDS("Sign in first", "Hãy đăng nhập trước"), HTTP_NO_WORDS},
    [PROBLEM_FORBIDDEN] = {403, "forbidden",
                           HTTP_WORDS("This account may not do that",
                                      "Tài khoản này không được làm việc đó"),
                           HTTP_NO_WORDS},
    [PROBLEM_CROSS_ORIGIN] = {403, "cross-origin",
                              HTTP_WORDS("Refused: the request comes from another site",
                                         "Bị từ chối: yêu cầu đến từ một trang web khác"),
                              HTTP_NO_WORDS},
    [PROBLEM_ORIGIN_UNKNOWN] =
        {403, "origin-unknown",
         HTTP_WORDS("Refused: the page's address is not this server's",
                    "Bị từ chối: địa chỉ của trang không phải là địa chỉ của máy chủ này"),
         HTTP_WORDS(
             "The page has one address, and its request reached the server under another: "
             "%s. If a proxy in front of the server changes it, set public_url to the first.",
             "Trang có một địa chỉ, còn yêu cầu tới máy chủ lại mang địa chỉ khác: %s. Nếu "
             "phía trước có máy chủ trung gian đổi địa chỉ, hãy đặt public_url là địa chỉ "
             "thứ nhất.")},
    [PROBLEM_PLAYBACK_FORBIDDEN] = {403, "forbidden",
                                    HTTP_WORDS("This playback address is not valid",
                                               "Địa chỉ phát này không đúng"),
                                    HTTP_WORDS("Open the lecture again to get a new one.",
                                               "Hãy mở lại bài giảng để có địa chỉ mới.")},
    [PROBLEM_PLAYBACK_OVER] = {403, "playback-token-over",
                               HTTP_WORDS("This playback address is not valid any more",
                                          "Địa chỉ phát này đã hết hạn"),
                               HTTP_WORDS("Open the lecture again to get a new one.",
                                          "Hãy mở lại bài giảng để có địa chỉ mới.")},
    [PROBLEM_PLAYBACK_GONE] = {404, "not-found",
                               HTTP_WORDS("This lecture is not here any more",
                                          "Bài giảng này không còn ở đây"),
                               HTTP_NO_WORDS},
    [PROBLEM_CREDENTIALS_MISSING] = {400, "bad-request", BAD_TITLE,
                                     HTTP_WORDS("login and password are needed, both strings.",
                                                "Cần có login và password, đều là chuỗi chữ.")},
    [PROBLEM_WRONG_CREDENTIALS] = {401, "wrong-credentials",
                                   HTTP_WORDS("The login or the password is wrong",
                                              "Tên đăng nhập hoặc mật khẩu không đúng"),
                                   HTTP_NO_WORDS},
    [PROBLEM_TOO_MANY_ATTEMPTS] = {429, "too-many-attempts",
                                   HTTP_WORDS("Too many wrong passwords",
                                              "Mật khẩu đã bị nhập sai nhiều lần"),
                                   HTTP_WORDS("Try again in %s seconds.",
                                              "Hãy thử lại sau %s giây.")},
    [PROBLEM_SIGN_IN_BUSY] = {503, "unavailable", BUSY_TITLE,
                              HTTP_WORDS("Too many people are signing in at this moment.",
                                         "Đang có quá nhiều người cùng đăng nhập.")},

    [PROBLEM_LIMIT_INVALID] = {400, "bad-limit",
                               HTTP_WORDS("A list has no page of that size",
                                          "Danh sách không chia trang theo số đó được"),
                               HTTP_WORDS("limit is a whole number from 1 to 200.",
                                          "limit là một số nguyên từ 1 đến 200.")},
    [PROBLEM_CURSOR_INVALID] = {400, "bad-cursor",
                                HTTP_WORDS("The list cannot be continued from there",
                                           "Không xem tiếp danh sách từ chỗ đó được"),
                                HTTP_WORDS("after is the next of an answer of this list. Without "
                                           "it the list begins anew.",
                                           "after phải là next trong trang trước của chính danh "
                                           "sách này. Bỏ after đi thì danh sách bắt đầu lại từ "
                                           "đầu.")},
    [PROBLEM_TITLE_EMPTY] = {400, "title-empty",
                             HTTP_WORDS("The title is empty", "Tên bài đang để trống"),
                             HTTP_WORDS("A lecture needs a title.", "Hãy đặt tên cho bài giảng.")},
    [PROBLEM_TITLE_TOO_LONG] = {400, "title-too-long",
                                HTTP_WORDS("The title is too long", "Tên bài quá dài"),
                                AT_MOST_200},
    [PROBLEM_TITLE_NOT_UTF8] = {400, "title-not-utf8",
                                HTTP_WORDS("The title is not text",
                                           "Tên bài không phải là chữ đọc được"),
                                WANTS_UTF8},
    [PROBLEM_TITLE_CONTROLS] = {400, "title-control-characters",
                                HTTP_WORDS("The title holds control characters",
                                           "Tên bài có ký tự điều khiển"),
                                ONE_LINE},
    [PROBLEM_COURSE_EMPTY] = {400, "course-empty",
                              HTTP_WORDS("The course's title is empty",
                                         "Tên khoá học đang để trống"),
                              HTTP_WORDS("A course needs a title.", "Hãy đặt tên cho khoá học.")},
    [PROBLEM_COURSE_TOO_LONG] = {400, "course-too-long",
                                 HTTP_WORDS("The course's title is too long",
                                            "Tên khoá học quá dài"),
                                 AT_MOST_200},
    [PROBLEM_COURSE_NOT_UTF8] = {400, "course-not-utf8",
                                 HTTP_WORDS("The course's title is not text",
                                            "Tên khoá học không phải là chữ đọc được"),
                                 WANTS_UTF8},
    [PROBLEM_COURSE_CONTROLS] = {400, "course-control-characters",
                                 HTTP_WORDS("The course's title holds control characters",
                                            "Tên khoá học có ký tự điều khiển"),
                                 ONE_LINE},
    [PROBLEM_COURSE_UNKNOWN] = {404, "course-unknown",
                                HTTP_WORDS("There is no course with this id",
                                           "Không có khoá học nào mang mã này"),
                                HTTP_WORDS("It may have been deleted. Choose another course, or "
                                           "none.",
                                           "Có thể khoá học đã bị xoá. Hãy chọn khoá học khác, "
                                           "hoặc không chọn.")},
    [PROBLEM_COURSE_NOT_YOURS] = {403, "course-not-yours",
                                  HTTP_WORDS("The course is somebody else's",
                                             "Khoá học này của người khác"),
                                  HTTP_WORDS("Lectures are added to a course by its owner.",
                                             "Chỉ người lập khoá học mới thêm bài vào được.")},
    [PROBLEM_BEATS_INVALID] =
        {400, "bad-request", BAD_TITLE,
         HTTP_WORDS("session (32 hex digits) and beats (200 at most) are needed.",
                    "Cần có session (32 chữ số hệ 16) và beats (nhiều nhất là 200).")},
    [PROBLEM_BEATS_TOO_MANY] =
        {413, "too-many-ranges",
         HTTP_WORDS("The report is too long", "Báo cáo tiến độ học quá dài"),
         HTTP_WORDS(
             "One report takes 400 watched pieces and 64 KiB at most. Send several reports.",
             "Mỗi báo cáo chỉ nhận 400 đoạn đã xem và 64 KiB. Hãy chia thành nhiều báo cáo.")},
    [PROBLEM_REPORTS_TOO_MANY] =
        {429, "too-many-reports",
         HTTP_WORDS("Too many reports at once", "Gửi quá nhiều báo cáo cùng một lúc"),
         HTTP_WORDS("Many reports of this account are waiting. Keep the beats, send them later.",
                    "Tài khoản này đang có nhiều báo cáo chờ xử lý. Hãy giữ lại và gửi lại sau.")},
    [PROBLEM_PROGRESS_UNREADABLE] =
        {503, "unavailable", BUSY_TITLE,
         HTTP_WORDS("Progress cannot be read now. Nothing is lost; try again in a moment.",
                    "Chưa đọc được tiến độ học. Không có gì bị mất; hãy thử lại sau ít giây.")},
    [PROBLEM_PROGRESS_AWAY] = {503, "unavailable", BUSY_TITLE,
                               HTTP_WORDS(
                                   "Progress cannot be stored now: keep it and send it again.",
                                   "Chưa lưu được tiến độ học: hãy giữ lại và gửi lại sau.")},

    [PROBLEM_TUS_VERSION] = {412, "tus-version",
                             HTTP_WORDS("Tus-Resumable: 1.0.0 expected",
                                        "Yêu cầu cần có Tus-Resumable: 1.0.0"),
                             HTTP_NO_WORDS},
    [PROBLEM_CHECKSUM_ALGORITHM] = {400, "checksum-algorithm",
                                    HTTP_WORDS("Only sha256 and sha1 are understood",
                                               "Máy chủ chỉ hiểu sha256 và sha1"),
                                    HTTP_NO_WORDS},
    [PROBLEM_CHECKSUM_INVALID] = {400, "bad-request",
                                  HTTP_WORDS("Upload-Checksum cannot be understood",
                                             "Máy chủ không hiểu Upload-Checksum"),
                                  HTTP_NO_WORDS},
    [PROBLEM_CHECKSUM_MISMATCH] = {460, "checksum-mismatch",
                                   HTTP_WORDS("The bytes do not have the checksum",
                                              "Phần vừa gửi bị hỏng giữa đường"),
                                   HTTP_WORDS("Nothing of it was kept. Send it again.",
                                              "Máy chủ đã bỏ phần đó. Hãy gửi lại.")},
    [PROBLEM_UPLOAD_TAKEN_OVER] = {409, "taken-over",
                                   HTTP_WORDS("Another request goes on with this upload",
                                              "Tệp này đang được gửi tiếp từ nơi khác"),
                                   HTTP_NO_WORDS},
    [PROBLEM_UPLOAD_TOO_LONG] = {413, "too-large",
                                 HTTP_WORDS("More bytes than the upload's length",
                                            "Dữ liệu gửi lên dài hơn độ dài đã báo"),
                                 HTTP_NO_WORDS},
    [PROBLEM_UPLOAD_TOO_LARGE] = {413, "too-large",
                                  HTTP_WORDS("The file is larger than this server takes",
                                             "Tệp lớn hơn mức máy chủ nhận"),
                                  HTTP_WORDS("Cut the lecture into several parts.",
                                             "Hãy cắt bài giảng thành nhiều phần.")},
    [PROBLEM_UPLOAD_LENGTH_MISSING] = {400, "bad-request",
                                       HTTP_WORDS("Upload-Length is needed",
                                                  "Yêu cầu cần có Upload-Length"),
                                       HTTP_WORDS("Its value is the size of the file in bytes.",
                                                  "Giá trị là độ lớn của tệp, tính bằng byte.")},
    [PROBLEM_UPLOAD_OFFSET_MISSING] = {400, "bad-request",
                                       HTTP_WORDS("Upload-Offset is needed",
                                                  "Yêu cầu cần có Upload-Offset"),
                                       HTTP_NO_WORDS},
    [PROBLEM_UPLOAD_OFFSET_WRONG] = {409, "wrong-offset",
                                     HTTP_WORDS("The bytes do not follow those that are here",
                                                "Phần gửi lên không nối tiếp phần đã có"),
                                     HTTP_WORDS("The upload stands at %s.",
                                                "Máy chủ đã có %s byte.")},
    [PROBLEM_UPLOAD_TYPE] = {415, "unsupported-type",
                             HTTP_WORDS("application/offset+octet-stream expected",
                                        "Nội dung gửi lên phải là application/offset+octet-stream"),
                             HTTP_NO_WORDS},
    [PROBLEM_UPLOAD_EXTENSION] =
        {400, "upload-extension",
         HTTP_WORDS("This server does not know that part of the upload protocol",
                    "Máy chủ không hỗ trợ phần này của giao thức tải lên"),
         HTTP_WORDS("Send the whole file as one upload, without %s.",
                    "Hãy gửi cả tệp trong một lần tải lên, không dùng %s.")},
    [PROBLEM_UPLOAD_QUOTA] =
        {403, "upload-quota",
         HTTP_WORDS("Your uploads and recordings have reached the room that an account has here",
                    "Các bài của bạn đã dùng hết phần chỗ chứa dành cho một tài khoản"),
         HTTP_WORDS("What was received is kept. Delete lectures that are not needed, or ask the "
                    "administrator for more room.",
                    "Phần đã gửi vẫn được giữ. Hãy xoá những bài không cần nữa, hoặc xin người "
                    "quản trị cho thêm chỗ.")},
    [PROBLEM_UPLOADS_TOO_MANY] =
        {403, "too-many-uploads",
         HTTP_WORDS("There are too many unfinished uploads of this account",
                    "Tài khoản này đang có quá nhiều bài tải lên dở dang"),
         HTTP_WORDS("Finish some of them, or delete those that are not needed, and try again.",
                    "Hãy tải tiếp cho xong, hoặc xoá bớt những bài không cần, rồi thử lại.")},
    [PROBLEM_UPLOAD_SET_BACK] = {409, "wrong-offset",
                                 HTTP_WORDS("The server lost bytes that it had received",
                                            "Máy chủ đã mất một phần dữ liệu đã nhận"),
                                 HTTP_WORDS("Go on from %s.", "Hãy gửi tiếp từ byte %s.")},
    [PROBLEM_METADATA_TOO_LONG] = {400, "metadata-too-long",
                                   HTTP_WORDS("Upload-Metadata is too long",
                                              "Upload-Metadata quá dài"),
                                   HTTP_WORDS("At most 6144 bytes are read.",
                                              "Máy chủ chỉ đọc tối đa 6144 byte.")},
    [PROBLEM_METADATA_MALFORMED] =
        {400, "metadata-malformed",
         HTTP_WORDS("Upload-Metadata cannot be understood", "Máy chủ không hiểu Upload-Metadata"),
         HTTP_WORDS("It is a list \"KEY BASE64,KEY BASE64\" in which no key repeats.",
                    "Cần một danh sách \"TÊN BASE64,TÊN BASE64\", không tên nào lặp lại.")},
    [PROBLEM_METADATA_NOT_BASE64] =
        {400, "metadata-not-base64",
         HTTP_WORDS("A value of Upload-Metadata is not Base64",
                    "Một giá trị của Upload-Metadata không phải là Base64"),
         HTTP_WORDS("Each value is Base64 with padding (RFC 4648, section 4).",
                    "Mỗi giá trị phải là Base64 có phần đệm (RFC 4648, mục 4).")},
    [PROBLEM_FILENAME_NOT_UTF8] = {400, "filename-not-utf8",
                                   HTTP_WORDS("The file's name is not text",
                                              "Tên tệp không phải là chữ đọc được"),
                                   WANTS_UTF8},
    [PROBLEM_FILENAME_CONTROLS] = {400, "filename-control-characters",
                                   HTTP_WORDS("The file's name holds control characters",
                                              "Tên tệp có ký tự điều khiển"),
                                   ONE_LINE},
};

const struct http_problem *problem_row(enum problem problem)
{
    return &PROBLEMS[problem];
}

void answer_problem(struct http_exchange *x, enum problem problem)
{
    static const struct http_header RETRY = {SLICE_LITERAL("Retry-After"), SLICE_LITERAL("5")};
    static const struct http_headers LATER = {&RETRY, 1};

    http_answer_problem(x, &PROBLEMS[problem], NULL,
                        PROBLEMS[problem].status == 503 ? &LATER : NULL);
}

void answer_problem_about(struct http_exchange *x, enum problem problem, const char *subject)
{
    http_answer_problem(x, &PROBLEMS[problem], subject, NULL);
}

void answer_problem_with(struct http_exchange *x, enum problem problem,
                         const struct http_headers *headers)
{
    http_answer_problem(x, &PROBLEMS[problem], NULL, headers);
}
