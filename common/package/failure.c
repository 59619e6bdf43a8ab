// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/package/failure.h"

#include <string.h>

struct description {
    const char *code;
    const char *vi;
    const char *en;
    bool is_retryable;
    const char *about_vi, *about_en; /* the same with a place for what it is about, or NULL */
};

/* Stands for what a sentence is about. */
#define PLACE "{}"

static const struct description DESCRIPTIONS[N_FAILURES] = {
    [FAILURE_NONE] = {"", "", "", false},
    [FAILURE_NOT_MEDIA] =
        {"E_NOT_MEDIA",
         "Tệp này không phải là video hay âm thanh. Hãy chép lại tệp từ máy quay hoặc điện thoại.",
         "This file is not a video or a sound recording. Copy it again from the camera or phone.",
         false},
    [FAILURE_CONTAINER] =
        {"E_CONTAINER_UNSUPPORTED",
         "Máy chủ không nhận loại tệp ghi này. Hãy xuất lại thành MP4 (H.264/AAC).",
         "This kind of recording is not accepted. Export it as MP4 (H.264/AAC).", false,
         "Đây là bản ghi dạng " PLACE
         ", máy chủ không nhận dạng này. Hãy xuất lại thành MP4 (H.264/AAC).",
         "This is a recording of the kind " PLACE
         ", which is not accepted. Export it as MP4 (H.264/AAC)."},
    [FAILURE_EMPTY] = {"E_EMPTY",
                       "Tệp rỗng, không có dữ liệu. Hãy chép lại tệp từ máy quay hoặc điện thoại.",
                       "The file is empty. Copy it again from the camera or phone.", false},
    [FAILURE_NO_STREAM] =
        {"E_NO_STREAM",
         "Tệp không chứa hình hay tiếng mà máy chủ đọc được. Hãy xuất lại thành MP4 (H.264/AAC).",
         "The file holds no picture or sound that can be decoded. Export it again as MP4 "
         "(H.264/AAC).",
         false},
    [FAILURE_CODEC_UNSUPPORTED] =
        {"E_CODEC_UNSUPPORTED",
         "Máy chủ không đọc định dạng nén của tệp này. Hãy xuất lại thành MP4 (H.264/AAC).",
         "The file's codec is not accepted. Export it again as MP4 (H.264/AAC).", false,
         "Máy chủ không đọc định dạng nén của tệp này (" PLACE
         "). Hãy xuất lại thành MP4 (H.264/AAC).",
         "The file's codec (" PLACE ") is not accepted. Export it again as MP4 (H.264/AAC)."},
    [FAILURE_SOUND_CODEC] =
        {"E_SOUND_CODEC",
         "Máy chủ không đọc được dạng âm thanh của tệp này. Hãy xuất lại với âm thanh AAC, hoặc "
         "chọn đăng không có tiếng.",
         "The sound of this file is in a codec that is not accepted. Export it with AAC, or "
         "publish "
         "it without sound.",
         false,
         "Âm thanh của tệp ở dạng " PLACE
         ", máy chủ không nhận dạng này. Hãy xuất lại với âm thanh AAC, hoặc chọn đăng không có "
         "tiếng.",
         "The sound is in " PLACE
         ", which is not accepted. Export it with AAC, or publish it without sound."},
    [FAILURE_DRM] = {"E_DRM", "Tệp bị khoá bản quyền (mã hoá). Hãy dùng bản gốc không khoá.",
                     "The file is encrypted. Use the original without copy protection.", false},
    [FAILURE_TOO_LONG] = {"E_TOO_LONG",
                          "Bài giảng quá dài. Hãy cắt thành nhiều phần ngắn hơn rồi tải lên lại.",
                          "The lecture is too long. Cut it into shorter parts and upload those.",
                          false},
    [FAILURE_TOO_LARGE] = {"E_TOO_LARGE",
                           "Khung hình quá lớn. Hãy xuất lại với độ phân giải không quá 4K.",
                           "The picture is too large. Export it again at 4K or less.", false},
    [FAILURE_TOO_MANY_STREAMS] =
        {"E_TOO_MANY_STREAMS",
         "Tệp chứa quá nhiều luồng hình và tiếng. Hãy xuất lại với một hình và một tiếng.",
         "The file holds too many streams. Export it again with one picture and one sound.", false},
    [FAILURE_TRUNCATED] =
        {"E_TRUNCATED",
         "Tệp bị cắt ngang lúc chép, phần cuối không đọc được. Hãy chép lại tệp gốc.",
         "The file was cut off while it was copied: its end cannot be read. Copy the original "
         "again.",
         false},
    [FAILURE_SECOND_FILE] =
        {"E_SECOND_FILE",
         "Trong tệp còn một bản ghi khác nằm sau bản ghi đầu; phần đó chưa được dùng. Hãy tải bản "
         "ghi ấy lên thành tệp riêng.",
         "There is another recording behind the first one in the file, and it was not used. Upload "
         "it as a file of its own.",
         false},
    [FAILURE_CLOCK] =
        {"E_CLOCK",
         "Đồng hồ của bản ghi nhảy tới một quãng không có gì. Quãng đó đã được bỏ; hãy xem lại chỗ "
         "nối.",
         "The recording's clock leaps over a time in which there is nothing. That time was left "
         "out: look at the joint.",
         false},
    [FAILURE_CAPTIONS] =
        {"E_CAPTIONS",
         "Phụ đề trong tệp dùng bảng mã không nhận ra được nên đã bị bỏ. Hãy lưu phụ đề bằng UTF-8 "
         "rồi thêm lại.",
         "The captions in the file are in characters that are not recognised, so they were left "
         "out. Save them as UTF-8 and add them again.",
         false},
    [FAILURE_GAP] =
        {"E_GAP",
         "Bản ghi không có âm thanh ở quãng này. Nếu lúc đó có người nói, hãy tìm một bản ghi "
         "khác.",
         "The recording has no sound in these seconds. If somebody spoke then, look for another "
         "recording.",
         false},
    [FAILURE_LEFT_OUT] =
        {"E_LEFT_OUT",
         "Tệp bị hỏng ở quãng này: không đọc được hình hoặc tiếng. Hãy chép lại tệp gốc, hoặc tìm "
         "một bản ghi khác.",
         "The file is damaged in these seconds: picture or sound cannot be read. Copy the original "
         "again, or look for another recording.",
         false},
    [FAILURE_NO_AUDIO] =
        {"E_NO_AUDIO", "Bài giảng không có tiếng. Hãy kiểm tra micrô rồi tải bản khác nếu cần.",
         "The lecture has no sound. Check the microphone and upload another take if need be.",
         false},
    [FAILURE_NO_PICTURE] =
        {"E_NO_PICTURE",
         "Không đọc được hình trong tệp nên bài giảng chỉ có tiếng. Hãy chép lại tệp gốc hoặc xuất "
         "lại thành MP4 (H.264/AAC).",
         "The picture in the file cannot be decoded, so the lecture is sound alone. Copy the "
         "original again or export it as MP4 (H.264/AAC).",
         false},
    [FAILURE_SOUND_DAMAGED] =
        {"E_SOUND_DAMAGED",
         "Không đọc được tiếng trong tệp nên bài giảng chỉ có hình. Hãy chép lại tệp gốc hoặc xuất "
         "lại với âm thanh AAC.",
         "The sound in the file cannot be decoded, so the lecture is pictures alone. Copy the "
         "original again or export it with AAC.",
         false},
    [FAILURE_SILENT] =
        {"E_SILENT",
         "Tệp có đường tiếng nhưng trong đó hoàn toàn im lặng. Hãy xem lại nguồn tiếng đã chọn khi "
         "ghi.",
         "The file has a sound track, but it is nothing but silence. Look at which sound was "
         "chosen "
         "for the recording.",
         false,
         "Đường tiếng “" PLACE "” hoàn toàn im lặng. Hãy xem lại nguồn tiếng đã chọn khi ghi.",
         "The sound track “" PLACE
         "” is nothing but silence. Look at which sound was chosen for the recording."},
    [FAILURE_SOUND_LEFT_OUT] =
        {"E_SOUND_LEFT_OUT",
         "Bài giảng không có một đường tiếng của tệp. Hãy xuất lại với âm thanh AAC nếu cần.",
         "A sound track of the file is not in the lecture. Export it again with AAC if it is "
         "needed.",
         false,
         "Đường tiếng " PLACE
         " của tệp không có trong bài giảng. Hãy xuất lại với âm thanh AAC nếu cần.",
         "The sound track " PLACE
         " of the file is not in the lecture. Export it again with AAC if it is needed."},
    [FAILURE_OTHER_PROGRAM] =
        {"E_OTHER_PROGRAM",
         "Tệp có thêm một chương trình khác, không có trong bài giảng. Hãy tách ra thành tệp riêng "
         "nếu cần.",
         "The file has another programme, which is not in the lecture. Make a file of its own of "
         "it if it is needed.",
         false,
         "Tệp có thêm chương trình " PLACE
         ", không có trong bài giảng. Hãy tách ra thành tệp riêng nếu cần.",
         "The file has another programme, " PLACE
         ", which is not in the lecture. Make a file of its own of it if it is needed."},
    [FAILURE_SOURCE_CRASHES] =
        {"E_SOURCE_CRASHES",
         "Bộ giải mã gặp lỗi nặng với tệp này nên tệp đã bị cách ly. Hãy xuất lại thành MP4 "
         "(H.264/AAC).",
         "The decoder crashed on this file more than once; it is quarantined. Export it again as "
         "MP4 (H.264/AAC).",
         false},
    [FAILURE_DISK_FULL] =
        {"E_DISK_FULL",
         "Máy chủ hết chỗ trống; lỗi không phải do tệp. Quản trị viên cần giải phóng ổ đĩa rồi "
         "chạy lại.",
         "The server's disk is full; the file is fine. An administrator has to free space, then "
         "retry.",
         true},
    [FAILURE_TIMEOUT] =
        {"E_TIMEOUT",
         "Việc chuyển mã dừng quá lâu không tiến triển. Hãy thử lại; nếu vẫn lỗi, xuất lại tệp "
         "thành MP4.",
         "Transcoding made no progress for too long. Retry; if that fails, export the file again "
         "as MP4.",
         true},
    [FAILURE_WORKER_LOST] =
        {"E_WORKER_LOST",
         "Máy chuyển mã bị dừng nhiều lần; lỗi không phải do tệp. Hãy thử lại và báo quản trị "
         "viên.",
         "The transcoding worker stopped several times; the file is fine. Retry and tell an "
         "administrator.",
         true},
    [FAILURE_CANCELLED] = {"E_CANCELLED", "Đã huỷ theo yêu cầu. Có thể chạy lại bất cứ lúc nào.",
                           "Cancelled on request. It can be started again at any time.", true},
    [FAILURE_SANDBOX] =
        {"E_SANDBOX",
         "Máy chủ không cô lập được bộ giải mã nên từ chối mở tệp. Quản trị viên cần bật seccomp.",
         "This machine cannot isolate the decoder, so the file was not opened. An administrator "
         "has to enable seccomp.",
         true},
    [FAILURE_INTERNAL] =
        {"E_INTERNAL", "Lỗi của máy chủ, không phải do tệp. Hãy thử lại và báo quản trị viên.",
         "An error of the server, not of the file. Retry and tell an administrator.", true},
};

static const struct description *describe(enum failure failure)
{
    if (failure < FAILURE_NONE || failure >= N_FAILURES)
        return &DESCRIPTIONS[FAILURE_INTERNAL];
    return &DESCRIPTIONS[failure];
}

const char *failure_code(enum failure failure)
{
    return describe(failure)->code;
}

const char *failure_text_vi(enum failure failure)
{
    return describe(failure)->vi;
}

const char *failure_text_en(enum failure failure)
{
    return describe(failure)->en;
}

static void say(const char *text, const char *about, const char *detail, struct buf *out)
{
    const char *place = about && detail[0] ? strstr(about, PLACE) : NULL;

    if (!place) {
        buf_append_text(out, text);
        return;
    }
    buf_append(out, about, (size_t)(place - about));
    buf_append_text(out, detail);
    buf_append_text(out, place + strlen(PLACE));
}

void failure_say_vi(enum failure failure, const char *detail, struct buf *out)
{
    say(failure_text_vi(failure), describe(failure)->about_vi, detail, out);
}

void failure_say_en(enum failure failure, const char *detail, struct buf *out)
{
    say(failure_text_en(failure), describe(failure)->about_en, detail, out);
}

bool failure_names_detail(enum failure failure)
{
    return describe(failure)->about_vi != NULL;
}

bool failure_is_retryable(enum failure failure)
{
    return describe(failure)->is_retryable;
}

enum failure failure_from_code(struct slice code)
{
    for (int i = 0; i < N_FAILURES; i++) {
        if (slice_is(code, DESCRIPTIONS[i].code))
            return (enum failure)i;
    }
    return FAILURE_INTERNAL;
}
